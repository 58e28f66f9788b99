import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { PluginApi } from "../api/plugin";
import { TestServer } from "../testing";
import { TestHistory } from "../testing_history";
import { beginAnew } from "../testing_tab";
import type { Metrics, Stories } from "../types";
import { activeHeads, head, key, layer, query, run, tag, view, wantedStep } from "./chosen";
import { busy, capture } from "./data";
import { askedMetrics, probeKey } from "./histories";
import { chooseShown } from "./keep_shown";
import { Loader } from "./load";
import { missingSentences } from "./missing_words";
import {
  chooseStep,
  focusHead,
  pinKey,
  pinQuery,
  setHeads,
  step,
  toggleHead,
  unpin,
} from "./selection";
import { askedStories } from "./stories";
import { pressWord } from "./token_pair";
import { applyHash, followAddress } from "./url";

const small = { steps: [0, 1, 2], tokens: 3, layers: 3, heads: 4 };

let page: TestHistory;
let stops: (() => void)[];
let server: TestServer;
let now: number;

beforeEach(() => {
  beginAnew();
  applyHash("");
  server = new TestServer();
  server.runs = { a: { x: small }, b: { x: { ...small, steps: [1], layers: 1, heads: 2 } } };
  stops = [];
  now = 0;
  // Whoever chooses takes time.
  vi.spyOn(performance, "now").mockImplementation(() => now++ * 1000);
});

afterEach(() => {
  for (const stop of stops) stop();
  vi.restoreAllMocks();
});

async function opened(hash: string): Promise<void> {
  page = new TestHistory(hash);
  stops.push(followAddress(page.host));
  stops.push(new Loader(new PluginApi(server)).start());
  await settled();
}

async function settled(): Promise<void> {
  await vi.waitFor(() => {
    if (busy.value || capture.value?.run !== run.value) throw new Error("still loading");
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
}

it("what a link asks for and is not there stays in the address, and is said", async () => {
  await opened(
    "#attention&p.attention.run=lost&p.attention.tag=x&p.attention.step=9&p.attention.view=evil&p.attention.layer=7&p.attention.head=11",
  );
  expect([run.value, step.value, layer.value, head.value, view.value]).toEqual([
    "a",
    2,
    2,
    3,
    "overview",
  ]);
  expect(["run", "step", "layer", "head", "view"].map((name) => page.asks(name))).toEqual([
    "lost",
    "9",
    "7",
    "11",
    "evil",
  ]);
  expect(missingSentences()).toEqual([
    "There is no run “lost” here: run a is shown.",
    "Step 9 was not logged: step 2 is shown.",
    "There is no layer 7 here: layer 2 is shown.",
    "Layer 2 has no head 11: head 3 is shown.",
    "There is no view “evil”: the overview view is shown.",
  ]);
  expect(page.entries.length).toBe(1);
  chooseShown();
  expect(missingSentences()).toEqual([]);
  expect(["run", "step", "layer", "head", "view"].map((name) => page.asks(name))).toEqual([
    "a",
    "2",
    "2",
    "3",
    "overview",
  ]);
});

it("numbers that are none are missing, too", async () => {
  await opened("#attention&p.attention.view=head&p.attention.layer=x&p.attention.step=1e9");
  expect(missingSentences()).toEqual([
    "“1e9” is no step: step 2 is shown.",
    "There is no layer “x” here: layer 0 is shown.",
  ]);
  expect([page.asks("layer"), page.asks("step")]).toEqual(["x", "1e9"]);
});

it("a head that another run lacks comes back with a run that has it", async () => {
  await opened("#attention&p.attention.view=head");
  focusHead(2, 3);
  run.value = "b";
  await settled();
  expect([layer.value, head.value, page.asks("layer"), page.asks("head")]).toEqual([
    0,
    1,
    "2",
    "3",
  ]);
  expect(missingSentences()).toHaveLength(2);
  run.value = "a";
  await settled();
  expect([layer.value, head.value, missingSentences()]).toEqual([2, 3, []]);
});

it("tokens beyond the text that a link asks for stay in the address, and are said", async () => {
  await opened("#attention&p.attention.view=head&p.attention.query=44&p.attention.key=x");
  expect([query.value, key.value, page.asks("query"), page.asks("key")]).toEqual([
    null,
    null,
    "44",
    "x",
  ]);
  expect(missingSentences()).toEqual([
    "The text has no token 44: no query is chosen.",
    "The text has no token “x”: no key is chosen.",
  ]);
  pinKey(1);
  expect(missingSentences()).toEqual(["The text has no token 44: no query is chosen."]);
  expect([page.asks("query"), page.asks("key")]).toEqual(["44", "1"]);
  unpin();
  expect([missingSentences(), page.asks("query"), page.asks("key")]).toEqual([
    [],
    undefined,
    undefined,
  ]);
});

it.each([
  ["a word that is pressed", () => pressWord(2, "both", "next"), "2"],
  ["a cell", () => pinQuery(0), "0"],
  ["none", () => pinQuery(null), undefined],
  ["what is shown", chooseShown, undefined],
])("%s is chosen in the place of a token beyond the text", async (_, choose, asked) => {
  await opened("#attention&p.attention.view=head&p.attention.query=44");
  expect(missingSentences()).toHaveLength(1);
  choose();
  expect([missingSentences(), page.asks("query")]).toEqual([[], asked]);
});

it("tokens that another text lacks come back without a word", async () => {
  server.runs = { a: { x: { ...small, tokens: 9 } }, b: { x: small } };
  await opened("#attention&p.attention.view=head&p.attention.run=a&p.attention.query=5");
  pinKey(3);
  run.value = "b";
  await settled();
  expect([query.value, key.value, missingSentences()]).toEqual([null, null, []]);
  expect([page.asks("query"), page.asks("key")]).toEqual(["5", "3"]);
  run.value = "a";
  await settled();
  expect([query.value, key.value, missingSentences()]).toEqual([5, 3, []]);
  run.value = "b";
  await settled();
  pressWord(1, "both", "next");
  run.value = "a";
  await settled();
  expect(query.value).toBe(1);
});

it("a token of a link is chosen where a text has it, and then nothing is said", async () => {
  server.runs = { a: { x: { ...small, tokens: 9 } }, b: { x: small } };
  await opened("#attention&p.attention.view=head&p.attention.run=b&p.attention.query=5");
  expect(missingSentences()).toHaveLength(1);
  run.value = "a";
  await settled();
  expect([query.value, missingSentences()]).toEqual([5, []]);
  run.value = "b";
  await settled();
  expect([query.value, missingSentences()]).toEqual([null, []]);
});

it("attention, a head metric and a step of B that are not there are said, and stay asked for", async () => {
  const asked = { stack: "cross", metric: "evil", compare: "both", with_step: "9" };
  const values = Object.entries(asked).map(([name, text]) => `&p.attention.${name}=${text}`);
  await opened(`#attention&p.attention.view=overview${values.join("")}`);
  const rows = [{ stack: "decoder" as const, layer: 0 }];
  const known = { steps: [2], rows, heads: 1, names: ["entropy"], words: [], numbers: [] };
  const value: Metrics = { ...known, data: Float32Array.of(0.5) };
  askedMetrics.value = { of: probeKey("a", "x"), value, problem: null };
  expect(missingSentences()).toEqual([
    "There is no cross attention here: decoder attention is shown.",
    "This probe has no head metric “evil”: another one is shown.",
    "Step 9 of B was not logged: B is step 2.",
  ]);
  for (const [name, text] of Object.entries(asked)) expect(page.asks(name)).toBe(text);
  chooseShown();
  expect([missingSentences(), page.asks("stack"), page.asks("with_step")]).toEqual([
    [],
    "decoder",
    "2",
  ]);
});

it("what is no name of attention is said as it was written", async () => {
  await opened("#attention&p.attention.view=head&p.attention.stack=evil");
  expect(missingSentences()).toEqual([
    "There is no “evil” attention here: decoder attention is shown.",
  ]);
  expect(page.asks("stack")).toBe("evil");
});

it("another probe may lack what a link asks of the first", async () => {
  await opened("#attention&p.attention.view=head&p.attention.run=a&p.attention.stack=cross");
  expect(missingSentences()).toHaveLength(1);
  run.value = "b";
  await settled();
  expect(missingSentences()).toEqual([]);
});

it("a story that is not told is said", async () => {
  await opened("#attention&p.attention.view=story&p.attention.story=gone.x.0.0");
  askedStories.value = { of: "", value: { done: true } as unknown as Stories, problem: null };
  expect(missingSentences()).toEqual(["The story that is asked for is not told in these logs."]);
  chooseShown();
  expect([missingSentences(), page.asks("story")]).toEqual([[], undefined]);
});

it("a head that is chosen in its place is meant", async () => {
  await opened("#attention&p.attention.view=head&p.attention.layer=7");
  focusHead(2, 0);
  expect([missingSentences(), page.asks("layer")]).toEqual([[], "2"]);
});

it("an address that somebody changes is read where no other numbers are needed", async () => {
  await opened("#attention&p.attention.view=head&p.attention.run=a&p.attention.tag=x");
  page.go(`${page.hash}&p.attention.head=9`);
  expect([head.value, page.asks("head")]).toEqual([3, "9"]);
  page.go("#attention&p.attention.run=lost&p.attention.view=evil");
  await settled();
  expect([run.value, page.asks("run"), page.asks("view")]).toEqual(["a", "lost", "evil"]);
});

it("a run that comes is shown where the address asks for it", async () => {
  await opened("#attention&p.attention.run=c");
  expect(run.value).toBe("a");
  server.runs = { ...server.runs, c: { x: small } };
  stops.push(new Loader(new PluginApi(server)).start());
  await vi.waitFor(() => expect(run.value).toBe("c"));
  expect(missingSentences()).toEqual([]);
});

it("views, runs and heads are entries of the history; steps are not", async () => {
  await opened("#attention&p.attention.view=overview");
  expect(page.entries.length).toBe(1);
  focusHead(1, 2);
  chooseStep(0);
  view.value = "head";
  toggleHead(0);
  run.value = "b";
  await settled();
  expect(page.entries.length).toBe(5);
  page.back();
  expect([run.value, head.value, activeHeads.value]).toEqual(["a", 0, [0, 2]]);
  page.back();
  expect([view.value, head.value, activeHeads.value]).toEqual(["head", 2, null]);
  page.back();
  expect([view.value, wantedStep.value, layer.value]).toEqual(["overview", 0, 1]);
  page.back();
  expect([layer.value, head.value, activeHeads.value, tag.value]).toEqual([0, 0, null, "x"]);
  setHeads([1]);
  expect(page.entries.length).toBe(2);
});

it("heads that are passed by quickly are one entry", async () => {
  await opened("#attention&p.attention.view=head");
  vi.spyOn(performance, "now").mockImplementation(() => now++ * 100);
  for (const each of [1, 2, 3]) focusHead(0, each);
  expect(page.entries.length).toBe(2);
  page.back();
  expect(head.value).toBe(0);
});
