import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { askAhead } from "./ahead";
import { PluginApi } from "./api/plugin";
import { failure, NOTHING, shown } from "./state/data";
import { Loader } from "./state/load";
import { applyHash } from "./state/url";
import { TestServer } from "./testing";
import { beginAnew } from "./testing_tab";

const small = { steps: [0, 1, 5], tokens: 3, layers: 3, heads: 4 };
let server: TestServer;
let api: PluginApi;
let stop = (): void => {};

beforeEach(() => {
  beginAnew();
  server = new TestServer();
  server.runs = { a: { x: small, y: small }, b: { x: { ...small, heads: 2 } } };
  api = new PluginApi(server);
});

afterEach(() => stop());

/** What the tab asks for until the link is shown. */
async function shows(hash: string): Promise<readonly string[]> {
  const before = server.asked.length;
  applyHash(hash);
  stop = new Loader(api).start();
  await vi.waitFor(() => expect(shown.value).not.toBe(NOTHING));
  return server.asked.slice(before);
}

const LINKS = [
  "view=head",
  "view=head&p.attention.run=b&p.attention.layer=2&p.attention.head=7",
  "view=head&p.attention.run=a&p.attention.tag=y&p.attention.step=3&p.attention.query=1",
  "view=head&p.attention.run=gone&p.attention.stack=decoder&p.attention.layer=9",
  "view=model&p.attention.step=0",
  "view=model&p.attention.cells=sheet",
  "view=model&p.attention.cells=lines&p.attention.head=2",
  "view=neuron&p.attention.layer=1&p.attention.head=3",
  "view=neuron&p.attention.query=1&p.attention.key=0",
  "view=overview&p.attention.step=0",
].map((link) => `#attention&p.attention.${link}`);

describe("askAhead", () => {
  it.each(LINKS)("leaves nothing to ask for the first picture of %s", async (link) => {
    await askAhead(api, link);
    expect(server.asked.length).toBeGreaterThan(2);
    expect(new Set(server.asked).size).toBe(server.asked.length);
    const before = [...server.asked];
    const rest = await shows(link);
    // Only the neighbouring steps are still asked for.
    expect(rest.filter((each) => before.includes(each))).toEqual([]);
    const step = (of: string): string | undefined => /step=(\d+)/.exec(of)?.[1];
    expect(rest.map(step)).not.toContain(step(before[1] ?? ""));
  });

  it("asks for the metrics of the overview, and gives them once", async () => {
    await askAhead(api, "#attention&p.attention.view=overview&p.attention.run=b");
    const asked = () => server.asked.filter((each) => each.startsWith("metrics"));
    expect(asked()).toEqual(["metrics?run=b&tag=x"]);
    const metrics = (run: string) =>
      api.metrics({ run, tag: "x" }, new AbortController().signal).catch(() => null);
    await metrics("a");
    await metrics("b");
    expect(asked()).toEqual(["metrics?run=b&tag=x", "metrics?run=a&tag=x"]);
    await metrics("b");
    expect(asked().length).toBe(3);
  });

  it("asks for the runs alone where nothing says what opens", async () => {
    await askAhead(api, "");
    expect(server.asked).toEqual(["runs"]);
  });

  it("leaves it to the tab to say what is wrong", async () => {
    server.refuse = "runs";
    await askAhead(api, LINKS[0] ?? "");
    applyHash(LINKS[0] ?? "");
    stop = new Loader(api).start();
    await vi.waitFor(() => expect(failure.value).not.toBeNull());
    expect(server.asked).toEqual(["runs"]);
  });

  it("gives its runs once: who asks again gets what is there by then", async () => {
    await askAhead(api, "");
    await shows(LINKS[0] ?? "");
    const { signal } = new AbortController();
    server.runs = { c: { x: small } };
    expect((await api.runs(signal, () => {})).runs.map((each) => each.run)).toEqual(["c"]);
  });
});
