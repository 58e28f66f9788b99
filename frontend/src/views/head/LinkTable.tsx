/** A table of links: one row for each token, one column for each head. */

import type { JSX } from "preact";
import { inkOn } from "../../draw/colour";
import { strength } from "../../state/show";
import { pinned, pressKey, pressQuery } from "./focus";
import { weightText } from "./labels";
import type { Link } from "./ranking";
import { colours, keyLabels, queryLabels, series } from "./series";

interface TableProps {
  /** The side of the token whose links these are. */
  readonly side: "query" | "key";
  readonly links: readonly Link[];
  /** Position of the other token of a pair. */
  readonly marked: number | null;
  /** Series by which the rows are sorted. */
  readonly by: number | null;
  readonly onSort: (place: number) => void;
}

export function LinkTable({ side, links, marked, by, onSort }: TableProps): JSX.Element {
  const many = series.value.length > 1;
  return (
    <div class="head-table-box">
      <table class="table head-table" data-testid="head-links">
        <thead>
          <tr>
            <th scope="col">{side === "query" ? "key" : "query"}</th>
            {series.value.map(({ head, name }, place) => (
              <th key={name} scope="col" aria-sort={by === place ? "descending" : "none"}>
                <button
                  type="button"
                  class={`head-sort ${by === place ? "on" : ""}`}
                  disabled={!many}
                  title={`Sort by ${name}`}
                  aria-label={`Sort by ${name}`}
                  onClick={() => onSort(place)}
                >
                  <HeadMark colour={colours.value[place] ?? "#888888"} text={head === null ? "mean" : String(head)} />
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {links.map((link) => (
            <LinkRow key={link.index} side={side} link={link} marked={link.index === marked} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A number on the colour of its head. */
export function HeadMark({ colour, text }: { readonly colour: string; readonly text: string }): JSX.Element {
  return (
    <span class="head-mark" style={{ background: colour, color: inkOn(colour) }}>
      {text}
    </span>
  );
}

function LinkRow(props: { readonly side: "query" | "key"; readonly link: Link; readonly marked: boolean }): JSX.Element {
  const { side, link, marked } = props;
  const other = side === "query" ? "key" : "query";
  const token = (side === "query" ? keyLabels : queryLabels).value[link.index];
  return (
    <tr class={marked ? "on" : ""}>
      <th scope="row">
        <button
          type="button"
          class="head-link"
          title={token?.full}
          aria-pressed={pinned.value[other] === link.index}
          onClick={() => (side === "query" ? pressKey : pressQuery)(link.index)}
        >
          <span class="head-position">{link.index}</span>
          <bdi class={token?.quiet ? "head-quiet" : ""}>{token?.label ?? link.index}</bdi>
        </button>
      </th>
      {link.weights.map((weight, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the place is what a cell is known by
        <td key={place} class={strength(weight) === 0 ? "head-faint" : ""}>
          {weightText(weight)}
        </td>
      ))}
    </tr>
  );
}
