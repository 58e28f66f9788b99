/**
 * What the panel shows while nothing is looked at: the strongest links of the picture, and how to
 * look closer.
 */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import type { Edges } from "../../../draw/edges";
import { exactText } from "../../../format";
import { numberName } from "../../../state/arriving";
import { Table } from "../../../ui/Table";
import { drawingNow } from "../drawings";
import { edgesOf } from "../edges";
import { fadedNames, isFaded, sinks } from "../faded";
import { pressPair } from "../focus";
import { HeadMark } from "../HeadMark";
import { labelOf, positionOf, seesOneKey } from "../rows";
import { colours, differs, leastOf, markOf, shape } from "../state";

const SHOWN = 14;
/** Edges from which the strongest are listed. */
const MOST_LISTED = 400;

/** Of the queries that can be seen: without sink and self, unless these are drawn in full. */
const listed = computed<Edges | null>(() => {
  const now = shape.value;
  if (now === null) return null;
  const queries = drawingNow().seen?.queries() ?? [0, now.queries];
  const left = sinks.value === "full" ? null : isFaded;
  return edgesOf({ queries, keys: [0, now.keys] }, now.keys, MOST_LISTED, leastOf, left);
});

export function StrongestLinks(): JSX.Element {
  const { seen, pointing } = drawingNow();
  const edges = listed.value;
  const places = edges === null ? [] : strongestOf(edges, seesOneKey, SHOWN);
  const left = fadedNames();
  return (
    <>
      <h3>{differs.value ? "Largest changes" : "Strongest links"}</h3>
      <p class="note">
        {pointing} {seen?.note()} {left !== "" && `Without ${left}.`}
      </p>
      {edges !== null && places.length === 0 && (
        <p class="note">{left === "" ? "There is none." : "There is no other one."}</p>
      )}
      {edges !== null && places.length > 0 && (
        <Table
          numbers
          class="head-table"
          columns={[
            { name: "query → key" },
            { name: "head" },
            { name: differs.value ? "change" : numberName.value },
          ]}
        >
          {places.map((place) => (
            <StrongestRow key={place} edges={edges} place={place} />
          ))}
        </Table>
      )}
    </>
  );
}

function StrongestRow({
  edges,
  place,
}: {
  readonly edges: Edges;
  readonly place: number;
}): JSX.Element {
  const query = edges.query[place] ?? 0;
  const key = edges.key[place] ?? 0;
  const which = edges.series[place] ?? 0;
  return (
    <tr>
      <th scope="row">
        <button type="button" class="head-link" onClick={() => pressPair(query, key, which)}>
          <bdi>{labelOf("query", query)}</bdi>
          <span class="head-position">{positionOf("query", query)}</span> →{" "}
          <bdi>{labelOf("key", key)}</bdi>
          <span class="head-position">{positionOf("key", key)}</span>
        </button>
      </th>
      <td>
        <HeadMark colour={colours.value[which] ?? "#888888"} text={markOf(which)} />
      </td>
      <td>{exactText(edges.weight[place] ?? 0)}</td>
    </tr>
  );
}

/**
 * Places of the `count` heaviest edges, heaviest first, without those of the queries that `left`
 * names.
 */
export function strongestOf(
  edges: Edges,
  left: (query: number) => boolean,
  count: number,
): readonly number[] {
  const found: number[] = [];
  // The edges ascend by classes of weight only, so a few more than wanted are looked at.
  for (let at = edges.count - 1; at >= 0 && found.length < count * 16; at--) {
    if (!left(edges.query[at] ?? 0)) found.push(at);
  }
  return found.sort((a, b) => (edges.weight[b] ?? 0) - (edges.weight[a] ?? 0)).slice(0, count);
}
