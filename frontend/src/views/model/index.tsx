/** Model view: a thumbnail of every head, layers down and heads across; chosen heads enlarged beside it. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { changeEntry } from "../../draw/change";
import { changeRamp, rampColour, sequential } from "../../draw/colour";
import { withName } from "../../state/compare";
import { thumbnails } from "../../state/data";
import { theme } from "../../state/host";
import { type HeadAddress, pins, stackNow } from "../../state/selection";
import { first, scale, segments, smallest, strength } from "../../state/show";
import { openHeadView, openNeuronView, pinHead } from "./actions";
import { cellDrawing } from "./choices";
import { differs, halves, type Side } from "./compared";
import { Enlarged } from "./Enlarged";
import { Grid } from "./Grid";
import { arrangement, beside, enlarged, shownKeys } from "./state";
import { NothingLeft, Toolbar } from "./Toolbar";

const PANEL = 282;

export function ModelView(): JSX.Element | null {
  const now = thumbnails.value;
  if (!now) return null;
  return (
    <div class="model-view" data-testid="model-view">
      <section class="model-main card" aria-label="All heads">
        <header class="model-head">
          <Toolbar />
          <Legend />
        </header>
        <Grid />
        {arrangement.value.slots.length === 0 && <NothingLeft />}
        {emptyCells.value && (
          <p class="note" data-testid="model-not-logged">
            Empty cells: of heads that were not logged there are only thumbnails of all tokens.
          </p>
        )}
      </section>
      {beside.value.length > 0 && (
        <aside
          class={beside.value.length > 1 ? "model-side many" : "model-side"}
          aria-label="Enlarged heads"
        >
          {beside.value.map((address, at) => (
            <HeadCard
              key={`${address.layer}-${address.head}`}
              address={address}
              focused={at === 0 && enlarged.value}
            />
          ))}
        </aside>
      )}
    </div>
  );
}

/** Whether something is left out that the thumbnails of heads without queries and keys hold. */
const emptyCells = computed(
  () =>
    (first.value !== "show" || segments.value !== "all") &&
    (stackNow.value?.layers.some(
      (each) => each.logged_heads !== null && each.logged_heads.length < each.heads,
    ) ??
      false),
);

/** What the colours mean, with the scale and the smallest weight that are set. */
function Legend(): JSX.Element {
  if (differs.value) return <ChangeLegend />;
  const ramp = sequential(theme.value);
  const lines = cellDrawing.value === "lines";
  const ink = (weight: number): string =>
    `rgb(from var(--text) r g b / ${weight >= smallest.value ? weight : 0})`;
  const stops = Array.from({ length: 21 }, (_, at) =>
    lines ? ink(at / 20) : rampColour(ramp, 255 * strength(at / 20)),
  );
  const how = scale.value === "sqrt" && !lines ? "by square root" : "linear";
  const what = lines
    ? "Opacity of lines, queries left and keys right,"
    : "Colour of cells, queries down and keys across,";
  const words = `${what} by weight, ${how}; under ${smallest.value} not drawn. ${grouping()}`;
  return (
    <div class="model-legend" title={words} data-testid="model-legend">
      <span>{grouping() === "" ? "weight 0" : "pooled weight 0"}</span>
      <span
        class="model-ramp"
        style={{ background: `linear-gradient(to right, ${stops.join(", ")})` }}
      />
      <span>1</span>
      {halves.value && <span>in each cell: A left, B right</span>}
    </div>
  );
}

/** The colours of A less B. */
function ChangeLegend(): JSX.Element {
  const stops = Array.from({ length: 21 }, (_, at) =>
    rampColour(changeRamp(theme.value), changeEntry(at / 10 - 1, scale.value === "sqrt")),
  );
  return (
    <div
      class="model-legend"
      title={`Less ${withName.value}; changes under ${smallest.value} not drawn`}
      data-testid="model-legend"
    >
      <span>less −1</span>
      <span
        class="model-ramp"
        style={{ background: `linear-gradient(to right, ${stops.join(", ")})` }}
      />
      <span>1 more</span>
    </div>
  );
}

/** Says that a cell of a thumbnail stands for several tokens. */
function grouping(): string {
  const now = thumbnails.value;
  if (!now || shownKeys.value.length <= now.columns) return "";
  return `Pooled: each of ${now.rows} × ${now.columns} cells is the mean over its queries of the weight on its keys.`;
}

/** What of a head is enlarged: A, A less B, or A and B. */
function sides(): readonly { readonly side: Side; readonly name: string }[] {
  if (differs.value) return [{ side: "difference", name: `this less ${withName.value}` }];
  if (!halves.value) return [{ side: "a", name: "" }];
  return [
    { side: "a", name: "A: this" },
    { side: "b", name: `B: ${withName.value}` },
  ];
}

function HeadCard({ address, focused }: { address: HeadAddress; focused: boolean }): JSX.Element {
  const pinned = pins.value.some(
    (each) => each.layer === address.layer && each.head === address.head,
  );
  return (
    <section
      class="card model-card"
      aria-label={`Layer ${address.layer}, head ${address.head}`}
      data-testid="model-enlarged"
    >
      <div class="model-title">
        <h3>
          Layer {address.layer}, head {address.head}
        </h3>
        <button
          type="button"
          class="button"
          aria-pressed={pinned}
          title={pinned ? "let this head go" : "keep this head here while others are enlarged"}
          onClick={() => pinHead(address)}
        >
          {pinned ? "pinned" : "pin"}
        </button>
        {focused && (
          <button
            type="button"
            class="button"
            aria-label="close"
            title="close"
            data-testid="model-close"
            onClick={() => {
              enlarged.value = false;
            }}
          >
            ×
          </button>
        )}
      </div>
      {sides().map(({ side, name }) => (
        <div key={side}>
          {name !== "" && <p class="note">{name}</p>}
          <Enlarged address={address} width={PANEL} side={side} />
        </div>
      ))}
      <div class="model-links">
        <button
          type="button"
          class="button"
          data-testid="model-open-head"
          onClick={() => openHeadView(address)}
        >
          open in head view
        </button>
        <button
          type="button"
          class="button"
          data-testid="model-open-neuron"
          onClick={() => openNeuronView(address)}
        >
          neurons
        </button>
      </div>
    </section>
  );
}
