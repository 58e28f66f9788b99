import { expect, it } from "vitest";
import { TestServer } from "../testing";
import { Client } from "./client";
import { type Place, PluginApi } from "./plugin";

const PLACE: Place = { run: "a/b", tag: "x&y", step: 20, version: "v20" };
const never = new AbortController().signal;

function api(): { server: TestServer; api: PluginApi } {
  const server = new TestServer();
  server.runs = { "a/b": { "x&y": { steps: [20], tokens: 3, layers: 2, heads: 4 } } };
  return { server, api: new PluginApi(new Client(server.fetch)) };
}

it("asks relative to the page, escaped, with the version of the step", async () => {
  const { server, api: plugin } = api();
  await plugin.weights(PLACE, "decoder", 1, 9, never);
  expect(server.asked).toEqual(["weights?run=a%2Fb&tag=x%26y&step=20&stack=decoder&layer=1&dtype=float32&v=v20"]);
});

it("asks for float16 where float32 would be large", async () => {
  const { server, api: plugin } = api();
  await plugin.weights(PLACE, "decoder", 1, 256 * 256, never);
  await plugin.weights(PLACE, "decoder", 1, 257 * 256, never);
  expect(server.asked.map((each) => /dtype=\w+/.exec(each)?.[0])).toEqual(["dtype=float32", "dtype=float16"]);
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
  expect(await plugin.weights(PLACE, "decoder", 1, 9, never)).toMatchObject({
    step: 20,
    layer: 1,
    heads: 4,
    queries: 3,
    keys: 3,
  });
  expect(await plugin.headWeights(PLACE, "decoder", 1, 2, 9, never)).toMatchObject({ layer: 1, head: 2, queries: 3, keys: 3 });
  expect(await plugin.thumbnails(PLACE, "decoder", never)).toMatchObject({ layers: [0, 1], heads: 4, rows: 3, columns: 3 });
  expect(await plugin.neurons(PLACE, "decoder", 1, 2, never)).toMatchObject({
    queries: 3,
    keys: 3,
    neurons: 2,
    scale: 0.5,
    keyHead: 0,
  });
  expect(await plugin.row(PLACE, "decoder", 1, 2, never)).toMatchObject({ layer: 1, query: 2, heads: 4, keys: 3 });
});
