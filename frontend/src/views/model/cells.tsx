/** The transparent cells over the canvas; only rows in view, and the row that holds the focus. */

import type { JSX } from "preact";
import { memo } from "preact/compat";
import { thumbnails } from "../../state/data";
import { cellCorner, type GridLayout } from "./layout";
import { focused, headsOf, type Place } from "./picture";

interface CellsProps {
  readonly layout: GridLayout;
  readonly visible: readonly [number, number];
  /** The cell that Tab reaches. */
  readonly current: Place;
}

export function Cells({ layout, visible, current }: CellsProps): JSX.Element {
  const [first, last] = visible;
  const rows = Array.from({ length: last - first }, (_, at) => first + at);
  if ((current.row < first || current.row >= last) && current.row < layout.layers) rows.push(current.row);
  const { row: focusedRow, head: focusedHead } = focused.value;
  return (
    <>
      {rows.map((row) => (
        <CellRow
          key={row}
          row={row}
          number={thumbnails.value?.layers[row] ?? row}
          heads={Math.min(layout.heads, headsOf(row))}
          layout={layout}
          tab={current.row === row ? current.head : -1}
          selected={focusedRow === row ? focusedHead : -1}
        />
      ))}
    </>
  );
}

interface RowProps {
  readonly row: number;
  readonly number: number;
  readonly heads: number;
  readonly layout: GridLayout;
  readonly tab: number;
  readonly selected: number;
}

const CellRow = memo(function CellRow({ row, number, heads, layout, tab, selected }: RowProps): JSX.Element {
  return (
    <>
      {Array.from({ length: heads }, (_, head) => {
        const { x, y } = cellCorner(layout, row, head);
        const half = (layout.pitch - layout.cell) / 2;
        return (
          <button
            key={head}
            type="button"
            class="model-cell"
            tabIndex={head === tab ? 0 : -1}
            aria-pressed={head === selected}
            aria-label={`layer ${number} head ${head}`}
            data-row={row}
            data-head={head}
            data-testid={`model-cell-${number}-${head}`}
            style={{ left: `${x - half}px`, top: `${y - half}px`, width: `${layout.pitch}px`, height: `${layout.pitch}px` }}
          />
        );
      })}
    </>
  );
});
