/**
 * Beside the drawing: the exact numbers of the token or pair that is looked at, or the strongest
 * links of the picture.
 */

import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { countText } from "../../../format";
import { wholeName } from "../../../state/arriving";
import { countOrNull, field, orEmpty } from "../../../state/field";
import { inAddress } from "../../../state/fields";
import { hasPair } from "../../../state/pair_heads";
import { Afterwards } from "../../../ui/Afterwards";
import { Card } from "../../../ui/Card";
import { type Focus, focus, pinned, pressKey, pressQuery } from "../focus";
import { CHANGE, rankingText } from "../notes";
import { labelOf, pieceText, positionOf } from "../rows";
import { differs, series } from "../state";
import { leftText, limitNow, rankingOf } from "../words";
import { HeatTable } from "./HeatTable";
import { LinkTable } from "./LinkTable";
import { PairCard } from "./PairCard";
import { PairHeads } from "./PairHeads";
import { StrongestLinks } from "./StrongestLinks";
import { slowly } from "./slow";

/** Rows while the pointer moves; a pin has time for more. */
const QUICK_ROWS = 10;
const MORE_ROWS = 40;

/** The pointer moves faster than numbers can be read. */
const PAUSE = 110;
const readFocus = slowly(focus, PAUSE);

/** Series by which the rows are sorted; null: by the sum. */
const sortedBy = signal<number | null>(null);
inAddress("sorted", field(sortedBy, orEmpty, countOrNull));
const wantedRows = signal(MORE_ROWS);

export function Panel(): JSX.Element {
  return (
    <Card id="head-numbers" beside class="head-panel" label="Exact weights" testId="head-panel">
      <Afterwards>{() => <Numbers />}</Afterwards>
    </Card>
  );
}

function Numbers(): JSX.Element {
  const now = readFocus.value;
  return (
    <>
      {hasPair.value && <PairHeads />}
      {now.anchor === null ? <StrongestLinks /> : <PanelOfToken focus={now} />}
    </>
  );
}

function PanelOfToken({ focus: now }: { readonly focus: Focus }): JSX.Element {
  const side = now.anchor === "key" ? "key" : "query";
  const row = now[side] ?? 0;
  const by =
    sortedBy.value !== null && sortedBy.value < series.value.length ? sortedBy.value : null;
  const ranking = rankingOf(side, row, by);
  const label = labelOf(side, row);
  const at = positionOf(side, row);
  const room = now.pinned ? wantedRows.value : QUICK_ROWS;
  const hidden = ranking.links.length - room;
  const other = side === "query" ? now.key : now.query;
  return (
    <>
      <h3 class="head-panel-title">
        <bdi class="head-token">{side === "query" ? `${label} →` : `→ ${label}`}</bdi>
        <PinButton side={side} row={row} />
      </h3>
      <p class="note">
        {side === "query" ? `query ${at}` : `key ${at}`}
        {pieceText(side, row)}:{" "}
        {side === "query" ? "the keys it attends to" : "the queries that attend to it"}
      </p>
      {now.query !== null && now.key !== null && <PairCard query={now.query} pairKey={now.key} />}
      {side === "query" && <HeatTable query={row} pairKey={now.key} />}
      <LinkTable
        side={side}
        links={ranking.links.slice(0, room)}
        marked={other}
        by={by}
        onSort={sortBy}
      />
      {hidden > 0 && now.pinned && (
        <button type="button" class="button head-more" onClick={showMore}>
          {countText(hidden)} more
        </button>
      )}
      {hidden > 0 && !now.pinned && (
        <p class="note">and {countText(hidden)} more: click the token to keep it and see them</p>
      )}
      <p class="note head-mass" data-testid="head-mass">
        {rankingText(ranking, side, limitNow(), differs.value ? CHANGE : wholeName.value)}{" "}
        {side === "query" && leftText(row, row + 1)}
      </p>
    </>
  );
}

function PinButton({
  side,
  row,
}: {
  readonly side: "query" | "key";
  readonly row: number;
}): JSX.Element | null {
  if (pinned.value[side] !== row) return null;
  return (
    <button
      type="button"
      class="button"
      onClick={() => (side === "query" ? pressQuery : pressKey)(row)}
      title="Esc unpins query and key"
      data-testid="head-unpin"
    >
      unpin
    </button>
  );
}

function sortBy(place: number): void {
  sortedBy.value = sortedBy.peek() === place ? null : place;
}

function showMore(): void {
  wantedRows.value += MORE_ROWS;
}
