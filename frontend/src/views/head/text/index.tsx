/**
 * The drawing as running text: the passage, shaded by what one token attends to, or by what attends
 * to it.
 */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Canvas } from "../../../draw/Canvas";
import { effectText } from "../../../format";
import type { Choice, Option } from "../../../ui/choice";
import { ScrollPane } from "../../../ui/ScrollPane";
import { Segments } from "../../../ui/Segments";
import type { HeadDrawing } from "../drawing";
import { pinned, pointNothing } from "../focus";
import { sameRows } from "../rows";
import { ShadeLegend } from "../ShadeLegend";
import { series } from "../state";
import { PointedTip } from "../Tip";
import { tokenSentence } from "../words";
import { follow, press, reveal, turn } from "./actions";
import { paintShading, paintWords } from "./paint";
import {
  contentHeight,
  knowsLosses,
  lineHeight,
  passages,
  shaded,
  showsLosses,
  source,
  viewport,
} from "./state";
import css from "./text.css?inline";

export const textDrawing: HeadDrawing = {
  hint: "the passage as running text, shaded",
  reading: "Every query attends to keys, the darker the more.",
  pointing: "Point at a token for its links; click to keep it.",
  component: TextDrawing,
  legend: ShadeLegend,
  css: [css],
  namesHeads: false,
  says: null,
  seen: null,
};

function TextDrawing(): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  useEffect(() => (scroller.current ? follow(scroller.current) : undefined), []);
  useRevealedPin(scroller);
  const from = source.value;
  return (
    <div class="head-lines">
      <div class="head-text-tools">
        <Direction />
        <Losses />
      </div>
      <ScrollPane
        view={viewport}
        box={scroller}
        whole={{ width: viewport.value.width, height: contentHeight.value }}
        class="head-maps"
        role="listbox"
        tabIndex={0}
        aria-label="Tokens of the passage"
        aria-activedescendant={from ? "head-text-active" : undefined}
        data-testid="head-text"
        onKeyDown={press}
        onBlur={pointNothing}
        pane={
          <div class="fill" aria-hidden="true">
            <Canvas draw={paintWords} overlay={paintShading} label="" />
            <PointedTip />
          </div>
        }
      >
        {from && (
          <div
            id="head-text-active"
            class="for-readers"
            role="option"
            tabIndex={-1}
            aria-selected={pinned.value[from.side] === from.row}
          >
            {tokenSentence(from.side, from.row)}
          </div>
        )}
      </ScrollPane>
      <div class="head-foot">
        <p class="note head-note">{noteText()}</p>
      </div>
    </div>
  );
}

/** Brings a token into sight that has been pinned elsewhere. */
function useRevealedPin(scroller: { readonly current: HTMLElement | null }): void {
  const { query, key } = pinned.value;
  const placed = passages.value.length > 0;
  useEffect(() => {
    const passage = passages.peek()[0];
    const row = query ?? (sameRows.peek() ? key : null);
    if (!placed || !passage || row === null) return;
    reveal(scroller.current, passage.top + (passage.layout.line[row] ?? 0) * lineHeight.peek());
  }, [scroller, query, key, placed]);
}

const DIRECTIONS: readonly Option<"query" | "key">[] = [
  { value: "key", label: "attends to", hint: "Shade what the token attends to" },
  { value: "query", label: "is attended to by", hint: "Shade what attends to the token" },
];

const direction: Choice<"query" | "key"> = {
  get value() {
    return shaded.value;
  },
  set value(side) {
    turn(side);
  },
};

/** Which way to read self-attention; with two passages the side of the token says it. */
function Direction(): JSX.Element | null {
  if (!sameRows.value) return null;
  return (
    <Segments
      label="What is shaded"
      caption="the token"
      id="head-shade"
      options={DIRECTIONS}
      of={direction}
      apart
      class="small head-direction"
    />
  );
}

/** A switch for the lines under the words, where the losses of the text were measured. */
function Losses(): JSX.Element | null {
  if (!knowsLosses.value) return null;
  return (
    <button
      type="button"
      class="button"
      aria-pressed={showsLosses.value}
      title="A line under each word, the thicker the larger its loss"
      data-testid="head-losses"
      onClick={() => {
        showsLosses.value = !showsLosses.value;
      }}
    >
      loss
    </button>
  );
}

function noteText(): string {
  const largest = Math.max(0, ...passages.value.map((each) => each.losses?.largest ?? 0));
  const lines = largest > 0 ? `Lines: losses, at most ${effectText(largest)} nats.` : "";
  return [shadeText(), lines].filter(Boolean).join(" ");
}

function shadeText(): string {
  if (source.value === null) return "Point at a token to shade the others; click to keep it.";
  return series.value.length > 1
    ? "Shade: the largest weight of the chosen heads. Stripes: the three heads with the largest."
    : "";
}
