import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PluginApi } from "../api/plugin";
import type { Host } from "../host/host";
import { TestServer } from "../testing";
import { beginAnew } from "../testing_tab";
import { NOT_ASKED } from "./ask";
import { head, layer, run, tag, view } from "./chosen";
import { busy, capture } from "./data";
import { Loader } from "./load";
import { followStories } from "./load_stories";
import { followOpening, nothingAt, opening } from "./opening";
import { step } from "./selection";
import { askedStories, stories, storyNow } from "./stories";
import { applyHash, followAddress } from "./url";

const small = { tokens: 3, layers: 2, heads: 4 };
let server: TestServer;
let stops: (() => void)[];
let hash: string;
let pushed: number;
/** The address was changed from outside. */
let changed: () => void;

beforeEach(() => {
  beginAnew();
  askedStories.value = NOT_ASKED;
  stories.value = [];
  nothingAt.value = "";
  applyHash("");
  server = new TestServer();
  server.runs = {
    brief: { x: { ...small, steps: [0] } },
    long: { y: { ...small, steps: [0, 1, 2, 3] } },
    other: { z: { ...small, steps: [0, 1] } },
  };
  stops = [];
  pushed = 0;
});

afterEach(() => {
  for (const stop of stops) stop();
});

function open(at: string): void {
  hash = at;
  const host = {
    hash: () => hash,
    replaceHash: (to: string) => {
      hash = to;
    },
    pushHash: (to: string) => {
      hash = to;
      pushed++;
    },
    followHash: (follow: () => void) => {
      changed = follow;
      return () => {};
    },
  } as unknown as Host;
  const api = new PluginApi(server);
  stops.push(followAddress(host));
  stops.push(new Loader(api).start());
  stops.push(followStories(api));
  stops.push(followOpening());
}

async function opened(): Promise<void> {
  await vi.waitFor(() => {
    if (opening.value || busy.value || capture.value?.run !== run.value)
      throw new Error("still opening");
  });
}

const STORY = {
  run: "other",
  tag: "z",
  headline: "A head of layer 1 learned something.",
  detail: "",
  stack: "decoder",
  head: [1, 2],
  heads: [[1, 2]],
  metric: "induction",
  before: 0,
  after: 1,
  query: null,
  key: null,
  strength: 1,
  lesson: "induction",
  label: "induction",
  values: [null, 0.76],
  finding: {
    kind: "type born",
    level: "note",
    sentence: "",
    stack: "decoder",
    layers: [1],
    heads: [[1, 2]],
    steps: [0, 1],
    metric: "induction",
    query: null,
    key: null,
    size: 1,
  },
};

describe("without a link", () => {
  it("the tab opens where the strongest story is, which is no step away from where it was", async () => {
    server.stories = [STORY];
    open("#attention");
    await opened();
    expect([run.value, tag.value, step.value, view.value]).toEqual(["other", "z", 1, "story"]);
    expect(storyNow.value?.headline).toContain("layer 1");
    expect(hash).toContain("p.attention.story=");
    expect(pushed).toBe(0);
    expect(server.asked.some((each) => each.includes("run=long"))).toBe(false);
  });

  it("the strongest of all is waited for, and leads the list", async () => {
    const weak = { ...STORY, run: "long", tag: "y", strength: 0.1 };
    server.firstStories = [weak];
    server.stories = [STORY, weak];
    open("#attention");
    await opened();
    expect([run.value, stories.value.map((each) => each.run)]).toEqual([
      "other",
      ["other", "long"],
    ]);
  });

  it("nothing is loaded and nothing is written into the address until it is known", async () => {
    server.stories = [STORY];
    server.hold = "stories";
    open("#attention");
    await vi.waitFor(() => expect(server.asked).toContain("stories"));
    expect([opening.value, view.value, hash]).toEqual([true, "story", "#attention"]);
    expect(server.asked.filter((each) => each !== "runs" && each !== "stories")).toEqual([]);
    server.release();
    await opened();
    expect(run.value).toBe("other");
  });

  it("what was touched in the meantime stays", async () => {
    server.stories = [STORY];
    server.hold = "stories";
    open("#attention");
    await vi.waitFor(() => expect(server.asked).toContain("stories"));
    view.value = "model";
    await opened();
    server.release();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([run.value, view.value]).toEqual(["long", "model"]);
    expect(storyNow.value).toBeNull();
  });

  it("a run that was chosen in the meantime is looked at as ever", async () => {
    server.hold = "stories";
    open("#attention");
    await vi.waitFor(() => expect(server.asked).toContain("stories"));
    run.value = "brief";
    tag.value = "x";
    await opened();
    expect([run.value, view.value]).toEqual(["brief", "model"]);
  });

  it("where nothing stands out the probe with the most steps opens, and it is said", async () => {
    open("#attention");
    await opened();
    expect([run.value, view.value, nothingAt.value]).toEqual(["long", "overview", '["long","y"]']);
  });

  it("a link to a probe without a story says nothing of the logs, whose stories are elsewhere", async () => {
    server.stories = [STORY];
    open("#attention&p.attention.run=long&p.attention.tag=y&p.attention.view=story");
    await opened();
    expect([run.value, view.value, nothingAt.value]).toEqual(["long", "story", ""]);
  });

  it("without an answer the same opens, and nothing is said", async () => {
    server.refuse = "stories";
    open("#attention");
    await opened();
    expect([run.value, view.value, nothingAt.value]).toEqual(["long", "overview", ""]);
  });
});

it("the tab that is opened again shows what was looked at, and says so in the address", async () => {
  server.stories = [STORY];
  open("#attention");
  await opened();
  view.value = "model";
  await opened();
  const before = hash;
  hash = "#attention";
  changed();
  await opened();
  expect([run.value, view.value, hash]).toEqual(["other", "model", before]);
});

it("a link to the story of a probe opens that probe's strongest, at the step that it says", async () => {
  const other = { ...STORY, run: "long", tag: "y", head: [0, 3], heads: [[0, 3]], after: 3 };
  server.stories = [STORY, other];
  open("#attention&p.attention.run=long&p.attention.tag=y&p.attention.view=story");
  await opened();
  expect([run.value, tag.value, step.value]).toEqual(["long", "y", 3]);
  expect([layer.value, head.value, view.value]).toEqual([0, 3, "story"]);
});

it("a link to the story of a probe and a step stays at this step", async () => {
  server.stories = [{ ...STORY, run: "long", tag: "y", after: 3 }];
  open("#attention&p.attention.run=long&p.attention.step=2&p.attention.view=story");
  await opened();
  expect([run.value, step.value, layer.value, head.value]).toEqual(["long", 2, 1, 2]);
});

it("a link to the story of a probe without any opens the probe", async () => {
  server.stories = [STORY];
  open("#attention&p.attention.run=long&p.attention.view=story");
  await opened();
  expect([run.value, view.value, storyNow.value]).toEqual(["long", "story", null]);
});

it("a link to the story of a head opens that head", async () => {
  server.stories = [{ ...STORY, run: "long", tag: "y" }];
  open("#attention&p.attention.run=long&p.attention.layer=1&p.attention.view=story");
  await opened();
  expect([run.value, layer.value, head.value]).toEqual(["long", 1, 0]);
});

it("a link opens what it says", async () => {
  server.stories = [STORY];
  open("#attention&p.attention.run=long");
  await opened();
  expect([run.value, view.value]).toEqual(["long", "overview"]);
  expect(server.asked).not.toContain("stories");
});
