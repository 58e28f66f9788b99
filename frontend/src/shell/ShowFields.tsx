/** Fields of SHOW: each is off where the view on the screen does not obey it. */

import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { view } from "../state/selection";
import type { Ignored, ShowSetting } from "../state/show_acts";
import type { Choice, Option } from "../ui/choice";
import { Segments } from "../ui/Segments";
import { VIEWS } from "../views";

/** What the view on the screen does not do with a setting. */
export function ignored(setting: ShowSetting): Ignored | undefined {
  return VIEWS[view.value].ignores?.()[setting];
}

/** Options that cannot be chosen where they would do nothing; the reason is their tip. */
export function acting<T>(
  setting: ShowSetting,
  options: readonly Option<T>[],
): readonly Option<T>[] {
  const now = ignored(setting);
  return now?.off ? options.map((each) => ({ ...each, hint: now.why, off: true })) : options;
}

interface LineProps<T> {
  readonly name: string;
  readonly id: string;
  readonly options: readonly Option<T>[];
  readonly of: Choice<T>;
  readonly setting: ShowSetting;
  /** The name stands above the buttons. */
  readonly stacked?: boolean;
}

export function Line<T extends string | boolean>({
  name,
  id,
  options,
  of,
  setting,
  stacked,
}: LineProps<T>): JSX.Element {
  return (
    <div class={stacked ? "stacked" : "line"} title={ignored(setting)?.why}>
      <span id={`${id}-label`}>{name}</span>
      <Segments labelledBy={`${id}-label`} id={id} options={acting(setting, options)} of={of} />
    </div>
  );
}

export function Check({
  name,
  id,
  of,
  setting,
}: {
  readonly name: string;
  readonly id: string;
  readonly of: Signal<boolean>;
  readonly setting: ShowSetting;
}): JSX.Element {
  return (
    <label class="check" title={ignored(setting)?.why}>
      <input
        type="checkbox"
        data-testid={id}
        disabled={ignored(setting)?.off}
        checked={of.value}
        onChange={(event) => {
          of.value = event.currentTarget.checked;
        }}
      />
      {name}
    </label>
  );
}

interface NumberFieldProps {
  readonly name: string;
  readonly id: string;
  readonly hint: string;
  /** null: an empty field, which stands for "auto". */
  readonly of: Choice<number | null>;
  readonly setting: ShowSetting;
  /** What 1 is shown as. */
  readonly unit: number;
  readonly step: number;
}

export function NumberField(props: NumberFieldProps): JSX.Element {
  const { name, id, hint, of, setting, unit, step } = props;
  const now = ignored(setting);
  return (
    <label class="line" title={now?.why ?? hint}>
      <span>{name}</span>
      <input
        class="control number"
        type="number"
        min="0"
        max={unit}
        step={step}
        data-testid={id}
        disabled={now?.off}
        placeholder="auto"
        value={of.value === null ? "" : Number((of.value * unit).toFixed(6))}
        onInput={(event) => {
          const wanted = event.currentTarget.valueAsNumber / unit;
          if (wanted >= 0 && wanted <= 1) of.value = wanted;
          else if (event.currentTarget.value === "") of.value = null;
        }}
      />
    </label>
  );
}
