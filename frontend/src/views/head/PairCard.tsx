/** One query and one key: the weight of their link in each head. */

import type { JSX } from "preact";
import { weights } from "../../state/data";
import { HeadMark } from "./LinkTable";
import { weightText } from "./labels";
import { causalStart, colours, keyLabels, queryLabels, series } from "./series";

export function PairCard({ query, pairKey }: { readonly query: number; readonly pairKey: number }): JSX.Element {
  const keys = weights.value?.keys ?? 0;
  const masked = causalStart.value !== null && pairKey > query + causalStart.value;
  return (
    <div class="head-pair" data-testid="head-pair">
      <p class="head-pair-title">
        <bdi class="head-token">{queryLabels.value[query]?.label ?? query}</bdi> <span class="head-position">{query}</span> →{" "}
        <bdi class="head-token">{keyLabels.value[pairKey]?.label ?? pairKey}</bdi> <span class="head-position">{pairKey}</span>
      </p>
      {masked && <p class="note">This key comes later than the query: the mask hides it.</p>}
      <ul class="head-pair-weights">
        {series.value.map(({ head, name, data }, place) => (
          <li key={name}>
            <HeadMark colour={colours.value[place] ?? "#888888"} text={head === null ? "mean" : String(head)} />
            <b>{weightText(data[query * keys + pairKey] ?? 0)}</b>
          </li>
        ))}
      </ul>
    </div>
  );
}
