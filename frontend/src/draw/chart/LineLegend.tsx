/** Names of lines, each after a dot, or a piece of a dashed line, in its colour. */

import type { JSX } from "preact";

export interface LegendEntry {
  readonly name: string;
  readonly colour: string;
  readonly dash?: readonly number[];
}

export function LineLegend({ entries }: { readonly entries: readonly LegendEntry[] }): JSX.Element {
  return (
    <span class="line-legend">
      {entries.map(({ name, colour, dash = [] }) => (
        <span key={name}>
          {dash.length > 0 ? (
            <b aria-hidden="true" style={{ color: colour }}>
              – –
            </b>
          ) : (
            <i style={{ background: colour }} />
          )}
          {name}
        </span>
      ))}
    </span>
  );
}
