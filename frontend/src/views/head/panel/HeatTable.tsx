/**
 * What one query attends to in every head of the layer, chosen or not: heads as columns, keys as
 * rows. A head or a key is chosen at its name.
 */

import type { JSX } from "preact";
import { inkOn } from "../../../draw/colour";
import { cellText, countText, exactText, thousandthsText } from "../../../format";
import { differenceName } from "../../../state/compare";
import { focusHead, heads } from "../../../state/selection";
import { cellColour } from "../../../ui/cell_colour";
import { pinned, pressKey } from "../focus";
import { isMasked, keyLabels, labelOf } from "../rows";
import { differs, rowsOfHeads, shape, span } from "../state";
import { keysWithRoom, MOST_KEYS } from "./heat";

/** More columns than these leave less room for the keys. */
const MANY = 9;

interface HeatProps {
  readonly query: number;
  /** The other end of a pair, whose row is marked. */
  readonly pairKey: number | null;
}

export function HeatTable({ query, pairKey }: HeatProps): JSX.Element | null {
  const now = shape.value;
  const rows = rowsOfHeads(query);
  if (now === null || rows.length < 2) return null;
  const keys = keysWithRoom(rows, now.keys, (key) => !isMasked(query, key));
  return (
    <div class="head-heat" data-testid="head-heat">
      <h4>
        Layer {now.layer}, from <bdi class="head-token">{labelOf("query", query)}</bdi>
        <span class="note"> heads as columns{differenceText()}</span>
      </h4>
      <div class="head-heat-box">
        <table
          class={`head-heat-table ${rows.length > MANY ? "many" : ""}`}
          style={{ "--heads": rows.length }}
        >
          <thead>
            <tr>
              <th scope="col" class="head-heat-key">
                key
              </th>
              {rows.map(({ head }) => (
                <HeadOfColumn key={head} layer={now.layer} head={head} />
              ))}
            </tr>
          </thead>
          <tbody>
            {keys.map((key) => (
              <tr key={key} class={key === pairKey ? "on" : ""}>
                <HeadOfRow pairKey={key} />
                {rows.map(({ head, data }) => (
                  <Cell key={head} head={head} weight={data[key] ?? Number.NaN} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {keys.length === MOST_KEYS && (
        <p class="note">
          The {MOST_KEYS} keys with the largest weights of {countText(now.keys)}.
        </p>
      )}
    </div>
  );
}

/** Of small differences two decimals are 0 in all of the cells. */
function inThousandths(): boolean {
  return differs.value && span.value < 0.1;
}

function differenceText(): string {
  if (!differs.value) return "";
  return `, ${differenceName.value}${inThousandths() ? ", in thousandths" : ""}`;
}

function HeadOfColumn({
  layer,
  head,
}: {
  readonly layer: number;
  readonly head: number;
}): JSX.Element {
  const on = heads.value.includes(head);
  return (
    <th scope="col" class="head-heat-column">
      <button
        type="button"
        class="head-heat-head"
        aria-pressed={on}
        aria-label={`Head ${head}`}
        title={`Head ${head}: show it alone`}
        onClick={() => focusHead(layer, head)}
      >
        {head}
      </button>
    </th>
  );
}

function HeadOfRow({ pairKey }: { readonly pairKey: number }): JSX.Element {
  const label = keyLabels.value[pairKey];
  return (
    <th scope="row" class="head-heat-key">
      <button
        type="button"
        class="head-link"
        title={label?.full}
        aria-pressed={pinned.value.key === pairKey}
        onClick={() => pressKey(pairKey)}
      >
        <bdi class={label?.quiet ? "head-quiet" : ""}>{label?.label ?? pairKey}</bdi>
      </button>
    </th>
  );
}

function Cell({ head, weight }: { readonly head: number; readonly weight: number }): JSX.Element {
  const colour = cellColour(differs.value, differs.value ? span.value : 1)(weight);
  return (
    <td
      style={{ background: colour, color: inkOn(colour) }}
      title={`head ${head}: ${exactText(weight)}`}
    >
      {inThousandths() ? thousandthsText(weight) : cellText(weight)}
    </td>
  );
}
