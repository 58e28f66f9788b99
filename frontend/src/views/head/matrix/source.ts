/** What the matrices of the head view draw, and what pointing at them means. */

import { computed } from "@preact/signals";
import { palette } from "../../../draw/palette";
import { theme } from "../../../state/host";
import { isolateHead, unpin } from "../../../state/selection";
import { type HeatMapSource, zoomInAddress } from "../../../ui/heatmap/state";
import { cellText } from "../../../ui/heatmap/words";
import { focus, pinned, pointNothing, pointPair, pressPair } from "../focus";
import { keyLabels, queryLabels } from "../rows";
import { spoken } from "../Spoken";
import { colours, differs, headMaps, placeOfMap, shape } from "../state";
import { targetTip, tip } from "../Tip";

const zoom = zoomInAddress("zoom");

const heads = computed(() =>
  headMaps.value.map(({ name, cells }, map) => ({
    name,
    cells,
    colour: differs.value ? palette(theme.value).muted : (colours.value[placeOfMap(map)] ?? ""),
  })),
);

export const source: HeatMapSource = {
  shape: () => shape.value,
  heads: () => heads.value,
  queryLabels: () => queryLabels.value,
  keyLabels: () => keyLabels.value,
  titled: true,
  number: (map, { query, key }) => {
    const cells = headMaps.value[map]?.cells;
    return cells ? cellText(cells, query, key) : "";
  },
  pointed: () => {
    const { query, key, head, anchor, pinned: isPin } = focus.value;
    if (anchor === null || isPin) return null;
    const map = headMaps.value.findIndex((each) => each.head === head);
    return { query, key, map: map < 0 ? null : map };
  },
  pinned: () => pinned.value,
  start: () => pinned.value,
  room: null,
  zoom,
  point: (cell, at) => {
    if (cell === null) pointNothing();
    else pointPair(cell.query, cell.key, placeOfMap(cell.map));
    spoken.value = at === null ? cell : null;
    tip.value =
      cell &&
      at &&
      targetTip(
        { kind: "pair", query: cell.query, key: cell.key, series: placeOfMap(cell.map) },
        at,
      );
  },
  press: (cell) => {
    if (cell === null) unpin();
    else pressPair(cell.query, cell.key, placeOfMap(cell.map));
  },
  // The two single clicks before it have pinned and let go again.
  pressTwice: ({ map }) => {
    const head = headMaps.peek()[map]?.head;
    if (head != null) isolateHead(head);
  },
};
