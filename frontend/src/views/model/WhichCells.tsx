/**
 * Which cells are shown, by layer, head, type and effect, and which way layers go: in a box, because
 * the cells need the room.
 */

import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { plural } from "../../format";
import { thumbnails } from "../../state/data";
import { numberNow, SMALL } from "../../state/effects";
import { headTypes } from "../../state/histories";
import { modelDrawing } from "../../state/model_drawing";
import { typeFilter } from "../../state/overview";
import type { Option } from "../../ui/choice";
import { Popover } from "../../ui/Popover";
import { Select } from "../../ui/Select";
import {
  BY_PLACE,
  type EffectFilter,
  effectFilter,
  headsText,
  layersText,
  sortBy,
} from "./choices";
import { LayersSelect } from "./GridTools";
import { parseRanges } from "./ranges";
import { arrangement, headsOf } from "./state";

export function WhichCells(): JSX.Element {
  const all = (thumbnails.value?.layers ?? []).reduce((sum, _, row) => sum + headsOf(row), 0);
  const shown = arrangement.value.slots.filter((slot) => slot !== null).length;
  return (
    <Popover
      label="Which cells"
      id="model-which"
      class="model-which"
      pressed={shown < all}
      title="Which heads are shown, and which way layers go"
      caption={shown < all ? `${shown} of ${plural(all, "head")}` : "all heads"}
    >
      {() => (
        <>
          <Numbers label="layers" of={layersText} testId="model-layers" />
          <Numbers label="heads" of={headsText} testId="model-heads" />
          <Types />
          <EffectSelect />
          {modelDrawing.value !== "sheet" && sortBy.value === BY_PLACE && <LayersSelect />}
        </>
      )}
    </Popover>
  );
}

function Numbers({
  label,
  of,
  testId,
}: {
  readonly label: string;
  readonly of: Signal<string>;
  readonly testId: string;
}): JSX.Element {
  const wrong = of.value.trim() !== "" && parseRanges(of.value) === null;
  return (
    <label title={`Which ${label} are shown, such as 0-3, 7; empty: all`}>
      {label}
      <input
        class="control"
        value={of.value}
        placeholder="all"
        aria-invalid={wrong}
        data-testid={testId}
        onInput={(event) => {
          of.value = event.currentTarget.value;
        }}
      />
    </label>
  );
}

function Types(): JSX.Element | null {
  const types = headTypes.value?.types ?? [];
  if (types.length === 0) return null;
  return (
    <Select
      label="type"
      title="Only heads that are of this type at this step"
      testId="model-type"
      options={[
        { value: null, label: "all" },
        ...types.map(({ name, meaning }) => ({ value: name, label: name, hint: meaning })),
      ]}
      value={typeFilter.value}
      onChoose={(chosen) => {
        typeFilter.value = chosen;
      }}
    />
  );
}

const EFFECTS: readonly Option<EffectFilter>[] = [
  { value: "all", label: "all", hint: "" },
  { value: "out", label: "matters", hint: "clearly more than random heads" },
  { value: "small", label: "idle", hint: `measured, and below ${SMALL}: next to nothing` },
];

function EffectSelect(): JSX.Element | null {
  if (numberNow.value === null) return null;
  return (
    <Select
      label="effect"
      title={`Only heads with such an effect on the ${numberNow.value} at this step`}
      testId="model-effect"
      options={EFFECTS}
      value={effectFilter.value}
      onChoose={(chosen) => {
        effectFilter.value = chosen;
      }}
    />
  );
}
