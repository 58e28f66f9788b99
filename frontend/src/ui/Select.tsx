/** One of many values, in a list that opens. */

import type { JSX } from "preact";
import type { Option } from "./choice";

/** What an option without a hint is. */
export type Named<T> = Pick<Option<T>, "value" | "label"> & Partial<Option<T>>;

/** The value null is chosen where nothing is. */
export function Select<T extends string | number | null>({
  label,
  title,
  testId,
  options,
  value,
  onChoose,
}: {
  readonly label: string;
  readonly title: string;
  readonly testId: string;
  readonly options: readonly Named<T>[];
  readonly value: T;
  readonly onChoose: (chosen: T) => void;
}): JSX.Element {
  return (
    <label title={title}>
      {label}
      <select
        class="control"
        value={textOf(value)}
        data-testid={testId}
        onChange={(event) => {
          const chosen = options.find((each) => textOf(each.value) === event.currentTarget.value);
          if (chosen) onChoose(chosen.value);
        }}
      >
        {options.map((each) => (
          <option
            key={textOf(each.value)}
            value={textOf(each.value)}
            title={each.hint || undefined}
          >
            {each.label}
          </option>
        ))}
      </select>
    </label>
  );
}

function textOf(value: string | number | null): string {
  return value === null ? "" : String(value);
}
