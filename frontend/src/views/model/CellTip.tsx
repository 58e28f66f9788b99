/**
 * Beside the cell under the pointer: its name and where it is darkest. Also what a screen reader
 * announces.
 */

import type { JSX } from "preact";
import type { Viewport } from "../../draw/viewport";
import { thumbnails } from "../../state/data";
import { effectNumbers, numberOf } from "../../state/effects";
import { metricWords } from "../../ui/metric_words";
import { Tip } from "../../ui/Tip";
import type { Place } from "./arrange";
import { BY_PLACE, BY_TYPE, sortBy } from "./choices";
import { cellCorner, type GridLayout, slotOf } from "./layout";
import { effectsAt, noWeightText, scoreText, typesAt } from "./scores";
import { cellPeak, pointed } from "./state";

const WIDTH = 230;
const HEIGHT = 88;
/** Of a line of text. */
const LINE = 32;

/** Its types, and what the cells are sorted by. */
function types(place: Place): JSX.Element | null {
  const by =
    sortBy.value !== BY_PLACE && sortBy.value !== BY_TYPE && numberOf(sortBy.value) === null
      ? [`${metricWords(sortBy.value).label} ${scoreText(place)}`]
      : [];
  const all = [...typesAt(place), ...by];
  return all.length > 0 ? <span>{all.join(", ")}</span> : null;
}

export function CellTip({ layout, view }: { layout: GridLayout; view: Viewport }): JSX.Element {
  const place = pointed.value;
  const name = place
    ? `Layer ${thumbnails.value?.layers[place.row] ?? place.row}, head ${place.head}`
    : "";
  const peak = place ? cellPeak(place) : null;
  const slot = place ? slotOf(layout, place) : -1;
  const corner = slot >= 0 ? cellCorner(layout, slot) : { x: 0, y: 0 };
  const [x, y] = [corner.x - view.left, corner.y - view.top];
  const shown =
    slot >= 0 && x > -layout.pitch && x < view.width && y > -layout.pitchDown && y < view.height;
  const height = HEIGHT + LINE * effectNumbers.value.length;
  const below = y + layout.pitchDown + height < view.height;
  const style = {
    width: `${WIDTH}px`,
    left: `${Math.max(0, Math.min(view.width - WIDTH, x)) + view.left}px`,
    top: `${(below ? y + layout.cellHeight + 6 : y - height - 6) + view.top}px`,
  };
  return (
    <Tip told hidden={!shown} style={style} testId="model-tip">
      <b>{name}</b>
      {place && types(place)}
      {place && effectsAt(place).map((each) => <span key={each}>{each}</span>)}
      {peak ? (
        <>
          <span>
            largest: {peak.query} → {peak.key}
          </span>
          <span>{peak.weight}</span>
        </>
      ) : (
        <span>
          {place &&
            noWeightText({
              layer: thumbnails.value?.layers[place.row] ?? place.row,
              head: place.head,
            })}
        </span>
      )}
    </Tip>
  );
}
