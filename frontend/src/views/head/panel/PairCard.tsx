/** One query and one key: the weight of their link in each head. */

import type { JSX } from "preact";
import { exactText } from "../../../format";
import { HeadMark } from "../HeadMark";
import { isMasked, labelOf, positionOf } from "../rows";
import { colours, markOf, series, shape } from "../state";
import { madeOfText } from "../words";

export function PairCard({
  query,
  pairKey,
}: {
  readonly query: number;
  readonly pairKey: number;
}): JSX.Element {
  const keys = shape.value?.keys ?? 0;
  return (
    <div class="head-pair" data-testid="head-pair">
      <p class="head-pair-title">
        <bdi class="head-token">{labelOf("query", query)}</bdi>{" "}
        <span class="head-position">{positionOf("query", query)}</span> →{" "}
        <bdi class="head-token">{labelOf("key", pairKey)}</bdi>{" "}
        <span class="head-position">{positionOf("key", pairKey)}</span>
      </p>
      {isMasked(query, pairKey) && (
        <p class="note">This key comes later than the query: the mask hides it.</p>
      )}
      <ul class="head-pair-weights">
        {series.value.map(({ head, name, part, data }, place) => {
          const weight = data[query * keys + pairKey] ?? 0;
          // A difference is either more or less.
          if (part !== "weights" && part !== "other" && weight === 0) return null;
          return (
            <li key={name}>
              <HeadMark colour={colours.value[place] ?? "#888888"} text={markOf(place)} />
              <b>{exactText(weight)}</b>
              {part === "weights" && <span class="note">{madeOfText(head, query, pairKey)}</span>}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
