/** A table of links: one row for each token, one column for each head. */

import type { JSX } from "preact";
import { exactText } from "../../../format";
import { type Column, Table } from "../../../ui/Table";
import { pinned, pressKey, pressQuery } from "../focus";
import { HeadMark } from "../HeadMark";
import type { Link } from "../ranking";
import { keyLabels, positionOf, queryLabels, type Side } from "../rows";
import { markText } from "../series";
import { colours, markOf, series } from "../state";

/** More heads than these do not get a column each. */
const MOST_COLUMNS = 4;

interface TableProps {
  /** The side of the token whose links these are. */
  readonly side: Side;
  readonly links: readonly Link[];
  /** Position of the other token of a pair. */
  readonly marked: number | null;
  /** Series by which the rows are sorted. */
  readonly by: number | null;
  readonly onSort: (place: number) => void;
}

export function LinkTable({ side, links, marked, by, onSort }: TableProps): JSX.Element {
  return (
    <div class="head-table-box">
      <Table numbers class="head-table" columns={columnsOf(side, by, onSort)} testId="head-links">
        {links.map((link) => (
          <LinkRow key={link.index} side={side} link={link} marked={link.index === marked} />
        ))}
      </Table>
    </div>
  );
}

/** One for each series; of many a single one, with all of their buttons. */
function columnsOf(
  side: Side,
  by: number | null,
  onSort: (place: number) => void,
): readonly Column[] {
  const buttons = series.value.map((_, place) => sortButton(place, by, onSort));
  const token = { name: side === "query" ? "key" : "query" };
  return series.value.length > MOST_COLUMNS
    ? [token, { name: "heads", head: <span class="head-chips">{buttons}</span> }]
    : [
        token,
        ...series.value.map(({ name }, place) => ({
          name,
          head: buttons[place],
          sorted: by === place,
        })),
      ];
}

function sortButton(
  place: number,
  by: number | null,
  onSort: (place: number) => void,
): JSX.Element {
  const of = series.value[place] ?? { head: null, name: "", part: "weights" as const };
  const { name } = of;
  return (
    <button
      key={name}
      type="button"
      class={`head-sort ${by === place ? "on" : ""}`}
      disabled={series.value.length < 2}
      title={by === place ? "Sort by the sum of the heads" : `Sort by ${name}`}
      aria-label={`Sort by ${name}`}
      aria-pressed={by === place}
      onClick={() => onSort(place)}
    >
      <HeadMark colour={colours.value[place] ?? "#888888"} text={markText(of)} />
    </button>
  );
}

function LinkRow(props: {
  readonly side: Side;
  readonly link: Link;
  readonly marked: boolean;
}): JSX.Element {
  const { side, link, marked } = props;
  const other = side === "query" ? "key" : "query";
  const token = (side === "query" ? keyLabels : queryLabels).value[link.index];
  return (
    <tr class={marked ? "on" : ""}>
      <th scope="row">
        <button
          type="button"
          class="head-link"
          style={{ maxWidth: `${tokenRoom(series.value.length)}px` }}
          title={token?.full}
          aria-pressed={pinned.value[other] === link.index}
          onClick={() => (side === "query" ? pressKey : pressQuery)(link.index)}
        >
          <span class="head-position">{positionOf(other, link.index)}</span>
          <bdi class={token?.quiet ? "head-quiet" : ""}>{token?.label ?? link.index}</bdi>
        </button>
      </th>
      {link.weights.length > MOST_COLUMNS ? <Chips link={link} /> : <Cells link={link} />}
    </tr>
  );
}

/** Room for a token beside the columns of numbers, in CSS pixels. */
function tokenRoom(columns: number): number {
  return columns > MOST_COLUMNS ? 96 : Math.max(72, 284 - 53 * columns);
}

function Cells({ link }: { readonly link: Link }): JSX.Element {
  return (
    <>
      {link.weights.map((weight, place) => (
        <td key={series.value[place]?.name} class={link.drawn[place] ? "" : "head-faint"}>
          {exactText(weight)}
        </td>
      ))}
    </>
  );
}

/** Of many heads only those that are drawn, strongest first. */
function Chips({ link }: { readonly link: Link }): JSX.Element {
  const drawn = link.weights
    .map((weight, place) => ({ weight, place }))
    .filter(({ place }) => link.drawn[place]);
  drawn.sort((a, b) => b.weight - a.weight);
  return (
    <td class="head-chips-cell">
      <span class="head-chips">
        {drawn.map(({ weight, place }) => (
          <span key={place} class="head-chip">
            <HeadMark colour={colours.value[place] ?? "#888888"} text={markOf(place)} />
            {exactText(weight)}
          </span>
        ))}
      </span>
    </td>
  );
}
