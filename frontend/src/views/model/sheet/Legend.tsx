/** Which colour is which head type, with how many heads have it; a press leaves only these. */

import type { JSX } from "preact";
import { endTexts } from "../../../format";
import { thumbnails } from "../../../state/data";
import { headTypes } from "../../../state/histories";
import { theme } from "../../../state/host";
import { metricNow, typeFilter, typesOf } from "../../../state/overview";
import { metricWords } from "../../../ui/metric_words";
import { headsOf } from "../state";
import { isFigure, sparks } from "./state";
import { typeColour } from "./type_colours";
import { effectHint } from "./words";

export function SheetLegend(): JSX.Element {
  const types = headTypes.value?.types ?? [];
  const firsts = allHeads().map(({ layer, head }) => typesOf(layer, head)[0]);
  return (
    <div class="sheet-types note" data-testid="sheet-types">
      {types.map(({ name, meaning }) => {
        const count = firsts.filter((each) => each === name).length;
        if (count === 0 && typeFilter.value !== name) return null;
        const mark = <i style={{ background: typeColour(name, theme.value) }} />;
        // A figure has no buttons.
        if (isFigure())
          return (
            <span key={name}>
              {mark} {name}
            </span>
          );
        return (
          <button
            key={name}
            type="button"
            class="quiet"
            title={meaning}
            aria-pressed={typeFilter.value === name}
            onClick={() => {
              typeFilter.value = typeFilter.value === name ? null : name;
            }}
          >
            {mark} {name} {count}
          </button>
        );
      })}
      <span>{lineText()}</span>
      {effectHint() !== "" && <span>{effectHint()}</span>}
    </div>
  );
}

/** What the lines show, between which values. */
function lineText(): string {
  const lines = sparks.value;
  if (!lines || !(lines.high > lines.low)) return "";
  const [low, high] = endTexts([lines.low, lines.high]);
  return `line: ${metricWords(metricNow.value).label}, ${low} to ${high}`;
}

function allHeads(): readonly { readonly layer: number; readonly head: number }[] {
  return (thumbnails.value?.layers ?? []).flatMap((layer, row) =>
    Array.from({ length: headsOf(row) }, (_, head) => ({ layer, head })),
  );
}
