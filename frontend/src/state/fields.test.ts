/**
 * A link opens what is seen: every signal of the sources is in the address, or stands here with why
 * it need not be.
 */

import { describe, expect, it } from "vitest";
import { layer } from "./chosen";
import { field } from "./field";
import { fields, inAddress } from "./fields";

const sources: Record<string, string> = import.meta.glob(
  ["../{views,ui,shell,state,draw}/**/*.{ts,tsx}", "!../**/*.test.ts"],
  { query: "?raw", import: "default", eager: true },
);

/** Signals that no link holds, by module. */
const NOT_IN_A_LINK: Readonly<Record<string, readonly string[]>> = {
  // Where the pointer, the keyboard or a screen reader is at this moment.
  "state/hover.ts": ["hover", "restingQuery"],
  "views/model/state.ts": ["pointed"],
  "views/model/rollout/source.ts": ["pointed"],
  "views/neuron/state.ts": ["pointed"],
  "views/overview/state.ts": ["pointed"],
  "views/story/maps.ts": ["pointed"],
  "views/head/Tip.tsx": ["tip"],
  "views/head/Spoken.tsx": ["spoken"],
  "views/neuron/actions.ts": ["spoken"],
  "shell/strip/state.ts": ["active", "hitNow"],
  // Why a choice became another one; once it is read it is over.
  "state/token_pair.ts": ["said", "offered"],
  "shell/StepTrack.tsx": ["pointedTick", "trackWidth"],
  "shell/settings_shown.ts": ["narrow"],
  // Sizes and scroll positions: the other window has its own. What is pinned scrolls into sight.
  "views/head/text/state.ts": ["viewport"],
  "views/neuron/scene.ts": ["viewport"],
  "views/head/lines/state.ts": ["plotSize", "queryScroll", "keyScroll", "scrolling", "together"],
  // How far lists have been opened.
  "views/head/panel/index.tsx": ["wantedRows"],
  // What there is to see, what was loaded, and what TensorBoard says.
  "state/view.ts": ["knownViews"],
  "state/fields.ts": ["known"],
  "views/drawn.ts": ["parts", "lostScript"],
  "draw/style.ts": ["fontsArrived"],
  "draw/ratio.ts": ["leastRatio"],
  "state/scope.ts": ["knownRuns", "shownCapture"],
  "state/run_order.ts": ["hostRuns"],
  "state/exact.ts": ["exact"],
  // How a file is made, which is nothing to be seen.
  "shell/figure_choice.ts": ["figureWidth", "figureTheme", "figurePart"],
  "state/page_file.ts": ["makePage"],
  "state/data.ts": ["shown", "busy", "failure"],
  "state/compare.ts": ["compared"],
  "state/neuron.ts": ["askedDistances", "askedOtherDistances", "askedContributions"],
  "state/histories.ts": [
    "askedMetrics",
    "askedTypes",
    "askedFindings",
    "askedChange",
    "askedPair",
    "askedWithPair",
    "askedWith",
    "askedRuns",
  ],
  "state/pair_sentences.ts": ["askedSentences", "askedMore"],
  "state/model_drawing.ts": ["askedRollouts"],
  "state/stories.ts": ["askedStories", "askedCurves", "stories"],
  // How the tab opens without a link: what it opens is in the address.
  "state/opening.ts": ["opening", "nothingAt", "late"],
  "state/load_stories.ts": ["waited"],
  "state/sheet.ts": ["sheetWants", "sheetHeads"],
  // Whether `view` was chosen; it is written as such.
  "state/chosen.ts": ["viewIsChosen"],
  // What the address asks for and is not there; it is written as it was asked for.
  "state/missing.ts": ["all", "linked", "neverThere"],
  "state/host.ts": ["host", "theme", "visible"],
  "state/ask.ts": ["reads", "later"],
  // What goes on.
  "state/play.ts": ["playing"],
  "shell/help.ts": ["helpOpen"],
  "state/lessons.ts": ["askedLessons", "openedLesson"],
  "shell/export_action.ts": ["exportNote", "exporting"],
};

interface Found {
  readonly module: string;
  readonly name: string;
}

const signals: readonly Found[] = Object.entries(sources).flatMap(([path, code]) => {
  const module = path.startsWith("../") ? path.slice(3) : path.replace("./", "state/");
  return [...code.matchAll(/^(?:export )?const (\w+)(?:: [^=\n]+)? = signal\b/gm)].map((found) => ({
    module,
    name: found[1] ?? "",
  }));
});

/** Names that are given to a field: as in `field(layer, ...)`. */
function hasField({ module, name }: Found): boolean {
  const code = sources[module.replace(/^state\//, "./")] ?? sources[`../${module}`] ?? "";
  return new RegExp(`\\b(field|flag|choice)\\(\\s*${name}\\b`).test(code);
}

describe("what a link holds", () => {
  it("sees the signals", () => {
    expect(signals.length).toBeGreaterThan(40);
    expect(hasField({ module: "state/chosen.ts", name: "layer" })).toBe(true);
    expect(hasField({ module: "state/chosen.ts", name: "nothing" })).toBe(false);
  });

  it("is everything that is shown", () => {
    const left = signals.filter(
      (each) => !hasField(each) && !NOT_IN_A_LINK[each.module]?.includes(each.name),
    );
    expect(left).toEqual([]);
  });

  it("leaves out only what there is", () => {
    const known = new Set(signals.map(({ module, name }) => `${module} ${name}`));
    const listed = Object.entries(NOT_IN_A_LINK).flatMap(([module, names]) =>
      names.map((name) => `${module} ${name}`),
    );
    expect(listed.filter((each) => !known.has(each))).toEqual([]);
  });

  it("has one name for one thing", () => {
    expect(fields().has("layer")).toBe(true);
    expect(() => inAddress("layer", field(layer, String, Number))).toThrow("layer");
  });
});
