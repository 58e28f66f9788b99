/**
 * Model view: a thumbnail of every head, layers down and heads across; chosen heads enlarged beside
 * it.
 */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { countText, plural } from "../../format";
import { showNow } from "../../state/arriving";
import { comparesItself, differenceName, SAME_STEP, withName } from "../../state/compare";
import { thumbnails } from "../../state/data";
import { hides } from "../../state/hidden";
import { modelDrawing } from "../../state/model_drawing";
import { type HeadAddress, pins, stackNow, step } from "../../state/selection";
import { segments } from "../../state/show";
import { Card } from "../../ui/Card";
import { fullCard } from "../../ui/full_card";
import { SideBySide } from "../../ui/SideBySide";
import type { ViewPart } from "../view";
import { besides } from ".";
import { openHeadView, openNeuronView, pinHead } from "./actions";
import { changedHeads, differs, halves } from "./changes";
import type { Side } from "./compared";
import { Enlarged } from "./enlarged";
import { Grid } from "./Grid";
import { Legend } from "./Legend";
import css from "./model.css?inline";
import { RolloutMap } from "./rollout";
import { Sheet } from "./sheet";
import { picked } from "./sheet/choices";
import sheetCss from "./sheet/sheet.css?inline";
import { sheetText } from "./sheet/words";
import { arrangement, beside, enlarged } from "./state";
import { NothingLeft, Toolbar } from "./Toolbar";
import { modelTables } from "./tables";

export const part: ViewPart = {
  component: ModelView,
  css: [css, sheetCss],
  title: modelTitle,
  tables: modelTables,
};

/** Width of an enlarged head, and of A and of B where both are, in CSS pixels; as in model.css. */
const PANEL = 282;
const HALF = 207;
/** What of the page is for what stands around a head that has the full screen. */
const AROUND_FULL = { height: 230, width: 80 };

function modelTitle(): string {
  if (modelDrawing.peek() === "rollout") return "Attention rollout";
  if (modelDrawing.peek() !== "sheet") return "Model view";
  return sheetText(picked.peek(), arrangement.peek().slots.filter((slot) => slot).length);
}

function ModelView(): JSX.Element | null {
  const now = thumbnails.value;
  if (!now) return null;
  return (
    <SideBySide
      class={`model-view ${besides() && beside.value.length > 1 ? "many" : ""} ${halves.value ? "halves" : ""}`}
      testId="model-view"
      side={besides() && beside.value.length > 0 && <Beside />}
    >
      <Card id="model-heads" class="model-main" label="All heads">
        <header class="model-head">
          <Toolbar />
          <Legend />
        </header>
        <Drawing />
        {modelDrawing.value !== "rollout" && arrangement.value.slots.length === 0 && (
          <NothingLeft />
        )}
        {modelDrawing.value !== "rollout" && changedText() !== "" && (
          <p class="note" data-testid="model-same">
            {changedText()}
          </p>
        )}
        {modelDrawing.value !== "rollout" && emptyCells.value && (
          <p class="note" data-testid="model-not-logged">
            Empty cells: of heads that were not logged there are only thumbnails of all tokens.
          </p>
        )}
      </Card>
    </SideBySide>
  );
}

function Drawing(): JSX.Element {
  if (modelDrawing.value === "rollout") return <RolloutMap />;
  return modelDrawing.value === "sheet" ? <Sheet /> : <Grid />;
}

function Beside(): JSX.Element {
  return (
    <aside class="model-side" aria-label="Enlarged heads">
      {beside.value.map((address, at) => (
        <HeadCard
          key={`${address.layer}-${address.head}`}
          address={address}
          focused={at === 0 && enlarged.value}
        />
      ))}
    </aside>
  );
}

/** Whether something is left out that the thumbnails of heads without queries and keys hold. */
const emptyCells = computed(
  () =>
    (hides.value || segments.value !== "all" || showNow.value === "arriving") &&
    (stackNow.value?.layers.some(
      (each) => each.logged_heads !== null && each.logged_heads.length < each.heads,
    ) ??
      false),
);

/** Why cells of a difference are empty; empty where none is. */
function changedText(): string {
  const { all, changed } = changedHeads.value;
  if ((differs.value || halves.value) && comparesItself.value) return `${SAME_STEP}.`;
  if (!differs.value || changed === all) return "";
  if (changed === 0)
    return `A and B are the same as far as thumbnails show: none differs from ${withName.value} by more than its rounding to 8 bits. Enlarged heads show smaller differences.`;
  const heads = `${changed} of ${plural(all, "head")}`;
  return `Thumbnails of ${heads} differ from ${withName.value} by more than their rounding to 8 bits; enlarged heads show smaller differences.`;
}

/** What of a head is enlarged: A, A less B, or A and B. */
function sides(): readonly { readonly side: Side; readonly name: string }[] {
  if (differs.value) return [{ side: "difference", name: differenceName.value }];
  if (!halves.value) return [{ side: "a", name: "" }];
  return [
    { side: "a", name: `A: step ${countText(step.value)}` },
    { side: "b", name: `B: ${withName.value}` },
  ];
}

/** As large as the page lets so many matrices be beside each other. */
function fullWidth(count: number): number {
  const across = (window.innerWidth - AROUND_FULL.width) / count;
  return Math.floor(Math.min(window.innerHeight - AROUND_FULL.height, across));
}

function HeadCard({ address, focused }: { address: HeadAddress; focused: boolean }): JSX.Element {
  const pinned = pins.value.some(
    (each) => each.layer === address.layer && each.head === address.head,
  );
  const id = `model-head-${address.layer}-${address.head}`;
  const full = fullCard.value === id;
  const usual = halves.value ? HALF : PANEL;
  const width = full ? Math.max(usual, fullWidth(sides().length)) : usual;
  return (
    <Card
      id={id}
      class="model-card"
      label={`Layer ${address.layer}, head ${address.head}`}
      testId="model-enlarged"
    >
      <div class="model-title">
        <h3>
          <button
            type="button"
            class="link"
            title="open this head in the head view"
            data-testid="model-name"
            onClick={() => openHeadView(address)}
          >
            Layer {address.layer}, head {address.head}
          </button>
        </h3>
        <button
          type="button"
          class="button"
          title={pinned ? "unpin this head" : "pin this head: it stays while others are enlarged"}
          onClick={() => pinHead(address)}
        >
          {pinned ? "unpin" : "pin"}
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
      <div class="model-sides">
        {sides().map(({ side, name }) => (
          <div key={side}>
            {name !== "" && <p class="note">{name}</p>}
            <Enlarged address={address} width={width} side={side} />
          </div>
        ))}
      </div>
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
    </Card>
  );
}
