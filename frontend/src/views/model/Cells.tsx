/** The transparent cells over the canvas; only rows in view, and the row that holds the focus. */

import type { JSX } from "preact";
import { memo } from "preact/compat";
import { thumbnails } from "../../state/data";
import type { Place } from "./arrange";
import { cellCorner, type GridLayout, slotOf, slotsIn } from "./layout";
import { focused } from "./state";

interface CellsProps {
  readonly layout: GridLayout;
  readonly visible: readonly [number, number];
  /** The cell that Tab reaches. */
  readonly current: Place;
}

export function Cells({ layout, visible, current }: CellsProps): JSX.Element {
  const [first, last] = visible;
  const rows = Array.from({ length: last - first }, (_, at) => first + at);
  // A head that is filtered out cannot be reached: the first cell takes its place.
  const tab = Math.max(
    slotOf(layout, current),
    layout.slots.findIndex((slot) => slot !== null && slotOf(layout, current) < 0),
  );
  const tabRow = Math.floor(tab / layout.across);
  if (tab >= 0 && (tabRow < first || tabRow >= last)) rows.push(tabRow);
  const selected = slotOf(layout, focused.value);
  return (
    <>
      {rows.map((row) => (
        <CellRow
          key={row}
          row={row}
          layout={layout}
          layers={thumbnails.value?.layers ?? []}
          tab={tabRow === row ? tab : -1}
          selected={Math.floor(selected / layout.across) === row ? selected : -1}
        />
      ))}
    </>
  );
}

interface RowProps {
  readonly row: number;
  readonly layout: GridLayout;
  readonly layers: readonly number[];
  readonly tab: number;
  readonly selected: number;
}

const CellRow = memo(function CellRow({
  row,
  layout,
  layers,
  tab,
  selected,
}: RowProps): JSX.Element {
  return (
    <>
      {slotsIn(layout, [row, row + 1]).map(({ slot, place }) => {
        const { x, y } = cellCorner(layout, slot);
        const half = (layout.pitch - layout.cellWidth) / 2;
        const number = layers[place.row] ?? place.row;
        return (
          <button
            key={slot}
            type="button"
            class="model-cell"
            tabIndex={slot === tab ? 0 : -1}
            aria-pressed={slot === selected}
            aria-label={`layer ${number} head ${place.head}`}
            data-row={place.row}
            data-head={place.head}
            data-testid={`model-cell-${number}-${place.head}`}
            style={{
              left: `${x - half}px`,
              top: `${y - half}px`,
              width: `${layout.pitch}px`,
              height: `${layout.cellHeight + 2 * half}px`,
            }}
          />
        );
      })}
    </>
  );
});
