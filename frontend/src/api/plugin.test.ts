import { expect, it } from "vitest";
import { TestServer } from "../testing";
import type { LeftOut } from "../types";
import { blockFor, type Extent } from "./blocks";
import { type Place, PluginApi } from "./plugin";

const PLACE: Place = { run: "a/b", tag: "x&y", step: 20, version: "v20" };
const never = new AbortController().signal;
const plain: LeftOut = {
  show: "weight",
  first: "show",
  token: "first",
  special: true,
  segments: "all",
  segmentShare: true,
};

function extent(queries: number, keys = queries, leftOut = plain): Extent {
  return { heads: 4, queries, keys, leftOut, exact: false };
}

function api(): { server: TestServer; api: PluginApi } {
  const server = new TestServer();
  server.runs = { "a/b": { "x&y": { steps: [20], tokens: 3, layers: 2, heads: 4 } } };
  return { server, api: new PluginApi(server) };
}

it("asks relative to the page, escaped, with the version of the step", async () => {
  const { server, api: plugin } = api();
  await plugin.weights(PLACE, "decoder", 1, extent(3), never);
  expect(server.asked).toEqual([
    "weights?run=a%2Fb&tag=x%26y&step=20&stack=decoder&layer=1&dtype=float32&v=v20",
  ]);
});

it("asks for float16 where float32 would be large", async () => {
  const { server, api: plugin } = api();
  await plugin.weights(PLACE, "decoder", 1, extent(256), never);
  await plugin.weights(PLACE, "decoder", 1, extent(257, 256), never);
  expect(server.asked.map((each) => /dtype=\w+/.exec(each)?.[0])).toEqual([
    "dtype=float32",
    "dtype=float16",
  ]);
});

it("asks for float32 of every size where numbers are taken away, and says which they are", async () => {
  const { server, api: plugin } = api();
  const large = extent(257, 256);
  const looked = await plugin.weights(PLACE, "decoder", 1, large, never);
  const taken = await plugin.weights(PLACE, "decoder", 1, { ...large, exact: true }, never);
  const head = await plugin.headWeights(PLACE, "decoder", 1, 0, { ...large, exact: true }, never);
  expect([looked.exact, taken.exact, head.exact]).toEqual([false, true, true]);
  expect(server.asked.map((each) => /dtype=\w+/.exec(each)?.[0])).toEqual([
    "dtype=float16",
    "dtype=float32",
    "dtype=float32",
  ]);
});

it("keeps the answer of one version, and no other", async () => {
  const { server, api: plugin } = api();
  const first = await plugin.capture(PLACE, never);
  expect(await plugin.capture(PLACE, never)).toBe(first);
  expect(server.asked).toHaveLength(1);
  await plugin.capture({ ...PLACE, version: "" }, never);
  await plugin.capture({ ...PLACE, version: "" }, never);
  expect(server.asked).toHaveLength(3);
});

it("gives shapes with the numbers", async () => {
  const { api: plugin } = api();
  expect(await plugin.weights(PLACE, "decoder", 1, extent(3), never)).toMatchObject({
    step: 20,
    layer: 1,
    heads: 4,
    queries: 3,
    keys: 3,
  });
  expect(await plugin.headWeights(PLACE, "decoder", 1, 2, extent(3), never)).toMatchObject({
    layer: 1,
    head: 2,
    queries: 3,
    keys: 3,
  });
  expect(await plugin.thumbnails(PLACE, "decoder", plain, never)).toMatchObject({
    layers: [0, 1],
    heads: 4,
    rows: 3,
    columns: 3,
  });
  expect(await plugin.neurons(PLACE, "decoder", 1, 2, never)).toMatchObject({
    queries: 3,
    keys: 3,
    neurons: 2,
    scale: 0.5,
    keyHead: 0,
  });
  expect(await plugin.row(PLACE, "decoder", 1, 2, never)).toMatchObject({
    layer: 1,
    query: 2,
    heads: 4,
    keys: 3,
  });
});

it("asks for blocks of tokens where single ones would be too many, and says how to read them", async () => {
  const { server, api: plugin } = api();
  const leftOut: LeftOut = {
    show: "weight",
    first: "hide",
    token: "first",
    special: true,
    segments: "AB",
    segmentShare: false,
  };
  const layer = await plugin.weights(PLACE, "decoder", 1, extent(8192, 4096, leftOut), never);
  const head = await plugin.headWeights(PLACE, "decoder", 1, 2, extent(4096, 4096, leftOut), never);
  expect([layer.block, head.block]).toEqual([2, 2]);
  for (const url of server.asked)
    expect(url).toContain("&block=2&first=hide&special=1&segments=AB&v=");
  expect((await plugin.weights(PLACE, "decoder", 1, extent(2048), never)).block).toBe(1);
});

it.each([1, 12, 25])("blocks are the smallest with which %i heads fit", (heads) => {
  for (const tokens of [1, 100, 1024, 4096, 20000]) {
    const block = blockFor(extent(tokens), heads, 2 ** 20);
    const cells = (side: number): number => heads * Math.ceil(tokens / side) ** 2;
    expect(cells(block)).toBeLessThanOrEqual(2 ** 20);
    if (block > 1) expect(cells(block / 2)).toBeGreaterThan(2 ** 20);
  }
});

it("asks again for thumbnails that are not all made, and keeps the whole ones only", async () => {
  const { server, api: plugin } = api();
  server.makes = 3;
  const leftOut: LeftOut = { ...plain, first: "renormalise" };
  const thumbnails = await plugin.thumbnails(PLACE, "decoder", leftOut, never);
  expect(server.asked).toHaveLength(3);
  expect(await plugin.thumbnails(PLACE, "decoder", leftOut, never)).toEqual(thumbnails);
  expect(server.asked).toHaveLength(3);
});
