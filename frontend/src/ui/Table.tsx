/** A table with a head: its rows are given as they are. */

import type { ComponentChildren, JSX } from "preact";

export interface Column {
  /** Tells columns apart. */
  readonly name: string;
  /** What stands above it; the name where it is left out. */
  readonly head?: ComponentChildren;
  /** Numbers stand at the right. */
  readonly number?: boolean;
  readonly hint?: string | undefined;
  readonly sorted?: boolean;
}

interface TableProps {
  /** None: the table has no head. */
  readonly columns: readonly Column[];
  /** Smaller, with a head that stays in sight. */
  readonly compact?: boolean;
  /** All cells are numbers, but for the head of each row. */
  readonly numbers?: boolean;
  readonly class?: string;
  readonly testId?: string;
  readonly children: ComponentChildren;
}

export function Table({
  columns,
  compact = false,
  numbers = false,
  class: own = "",
  testId,
  children,
}: TableProps): JSX.Element {
  return (
    <table
      class={`table ${compact ? "compact" : ""} ${numbers ? "numbers" : ""} ${own}`}
      data-testid={testId}
    >
      {columns.length > 0 && (
        <thead>
          <tr>
            {columns.map(({ name, head = name, number, hint, sorted }) => (
              <th
                key={name}
                scope="col"
                class={number ? "number" : ""}
                title={hint}
                {...(sorted === undefined
                  ? {}
                  : { "aria-sort": sorted ? ("descending" as const) : ("none" as const) })}
              >
                {head}
              </th>
            ))}
          </tr>
        </thead>
      )}
      <tbody>{children}</tbody>
    </table>
  );
}
