/**
 * The golden answers, which tests/plugin/test_golden.py has from the server: asked for as the tab
 * asks, and read to the last name in them.
 */

import { describe, expect, it } from "vitest";
import documentation from "../../../docs/http.md?raw";
import addresses from "../golden/index.json";
import type { LeftOut } from "../types";
import { readCapture } from "./answers/capture";
import { readFindings } from "./answers/findings";
import { readRuns } from "./answers/runs";
import type { Extent } from "./blocks";
import { isRecord, parseJson } from "./json";
import { type Place, PluginApi } from "./plugin";
import type { Source } from "./source";

const texts: Record<string, string> = import.meta.glob("../golden/*.json", {
  query: "?raw",
  import: "default",
  eager: true,
});
/** As data URLs. */
const arrays: Record<string, string> = import.meta.glob("../golden/*.safetensors", {
  query: "?url&inline",
  import: "default",
  eager: true,
});

function bytesOf(file: string): ArrayBuffer {
  const text = texts[`../golden/${file}`];
  if (text !== undefined) return new TextEncoder().encode(text).buffer;
  const base64 = arrays[`../golden/${file}`]?.split(",")[1];
  if (base64 === undefined) throw new Error(`there is no golden file ${file}`);
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer;
}

/** Numbers that JSON has no word for, as the server spells them. */
function spelled(_: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

/** Address of docs/http.md -> the file with its answer. */
const files: Readonly<Record<string, string>> = addresses;

/** Answers what is in the files; another address is an error, as another parameter would be. */
const golden: Source = {
  get: async (address) => {
    const file = files[address];
    if (file === undefined) throw new Error(`no golden answer is for ${address}`);
    return bytesOf(file);
  },
};

const never = new AbortController().signal;
const ignore = (): void => {};
const probe = { run: "base", tag: "probe" };
const place: Place = { ...probe, step: 20, version: "" };
const rich: Place = { run: "base", tag: "rich", step: 0, version: "" };
const other: Place = { run: "other", tag: "probe", step: 0, version: "" };
const plain: LeftOut = {
  show: "weight",
  first: "show",
  token: "first",
  special: false,
  segments: "all",
  segmentShare: false,
};
const arriving: LeftOut = { ...plain, show: "arriving" };
const renormalised: LeftOut = { ...plain, first: "renormalise", special: true };
const hidden: LeftOut = { ...plain, show: "weight", first: "hide", token: "first", special: true };

function extent(tokens: number, leftOut: LeftOut): Extent {
  return { heads: 4, queries: tokens, keys: tokens, leftOut, exact: false };
}

/** How the tab asks for each golden file. */
const ASK: Readonly<Record<string, (api: PluginApi) => Promise<unknown>>> = {
  "runs.json": (api) => api.runs(never, ignore),
  "capture.json": (api) => api.capture(rich, never),
  "metrics.safetensors": (api) => api.metrics(probe, never),
  "types.safetensors": (api) => api.types(probe, never),
  "findings.json": (api) => api.findings(probe, never, ignore),
  "stories.json": (api) => api.stories(never, ignore),
  "lessons.json": (api) => api.lessons(never),
  "curves.json": (api) => api.curves(probe, never),
  "change.safetensors": (api) => api.change(place, other, plain, never, ignore),
  "pair.safetensors": (api) => api.pair(place, "decoder", 9, 2, plain, never, ignore),
  "rollout.safetensors": (api) => api.rollout(place, "decoder", 1, never, ignore),
  "change_arriving.safetensors": (api) => api.change(place, other, arriving, never, ignore),
  "pair_arriving.safetensors": (api) => api.pair(place, "decoder", 9, 2, arriving, never, ignore),
  "contributions.safetensors": (api) =>
    api.contributions(probe, "decoder", { layer: 1, head: 3, query: 9, key: 2 }, never, ignore),
  "thumbnails.safetensors": (api) => api.thumbnails(place, "decoder", plain, never),
  "thumbnails_left_out.safetensors": (api) => api.thumbnails(place, "decoder", renormalised, never),
  "weights.safetensors": (api) => api.weights(place, "decoder", 1, extent(16, plain), never),
  "weights_head.safetensors": (api) =>
    api.headWeights(place, "decoder", 1, 3, extent(16, plain), never),
  // A text so long that its cells are of two tokens; the answer is of a short one.
  "weights_blocks.safetensors": (api) =>
    api.weights(place, "decoder", 1, extent(4096, hidden), never),
  "thumbnails_arriving.safetensors": (api) => api.thumbnails(place, "decoder", arriving, never),
  "weights_blocks_arriving.safetensors": (api) =>
    api.weights(place, "decoder", 1, extent(4096, arriving), never),
  "value_norms.safetensors": (api) => api.weights(place, "decoder", 1, extent(16, arriving), never),
  "neurons.safetensors": (api) => api.neurons(place, "decoder", 1, 3, never),
  "row.safetensors": (api) => api.row(rich, "decoder", 2, 5, never),
  "row_weights_only.safetensors": (api) => api.row(rich, "cross", 0, 5, never),
  "distances.safetensors": (api) =>
    api.distances(place, "decoder", { layer: 1, head: 3 }, "log", never),
};

interface Header {
  [name: string]: unknown;
  __metadata__?: Record<string, unknown>;
}

/** The names in an answer: fields of JSON, or arrays and "__metadata__" values. */
function namesIn(file: string): readonly string[] {
  if (file.endsWith(".json")) return Object.keys(asObject(parseJson(bytesOf(file))));
  const { __metadata__: values = {}, ...tensors } = headerOf(bytesOf(file)).header;
  return [...Object.keys(tensors), ...Object.keys(values)];
}

/** The answer as if the server did not know the name. */
function without(file: string, name: string): ArrayBuffer {
  const bytes = bytesOf(file);
  if (file.endsWith(".json")) {
    const { [name]: _, ...rest } = asObject(parseJson(bytes));
    return new TextEncoder().encode(JSON.stringify(rest)).buffer;
  }
  const { header, end } = headerOf(bytes);
  const { [name]: _, __metadata__: values = {}, ...tensors } = header;
  const { [name]: __, ...kept } = values;
  const text = new TextEncoder().encode(JSON.stringify({ ...tensors, __metadata__: kept }));
  const out = new Uint8Array(8 + text.length + bytes.byteLength - end);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
  out.set(text, 8);
  out.set(new Uint8Array(bytes, end), 8 + text.length);
  return out.buffer;
}

function headerOf(bytes: ArrayBuffer): { readonly header: Header; readonly end: number } {
  const end = 8 + Number(new DataView(bytes).getBigUint64(0, true));
  return { header: asObject(parseJson(bytes.slice(8, end))), end };
}

function asObject(value: unknown): Header {
  if (!isRecord(value)) throw new Error("it is no object");
  return { ...value };
}

/** Reads an answer as the tab asks for it. */
function read(file: string, source: Source): Promise<unknown> {
  const ask = ASK[file];
  if (!ask) throw new Error(`the tab does not ask for ${file}`);
  return ask(new PluginApi(source));
}

describe("golden answers", () => {
  it("are each asked for", () => {
    expect(Object.keys(ASK).sort()).toEqual(Object.values(files).sort());
  });

  it("are of every route in the documentation", () => {
    const routes = new Set([...documentation.matchAll(/^\| `(\w+)/gm)].map((found) => found[1]));
    // A file, which the tab does not read.
    routes.delete("page");
    expect(new Set(Object.keys(files).map((each) => each.split("?")[0]))).toEqual(routes);
  });

  it.each(Object.keys(ASK))("%s is read", async (file) => {
    const answer = await read(file, golden);
    expect(Object.values(asObject(answer))).not.toContain(undefined);
  });

  it.each(Object.keys(ASK).flatMap((file) => namesIn(file).map((name) => [file, name] as const)))(
    "%s is refused without its %s",
    async (file, name) => {
      const lacking: Source = { get: async () => without(file, name) };
      // Without scores it is the row of a layer of which only weights were logged.
      if (file === "row.safetensors" && name === "scores")
        expect(await read(file, lacking)).toHaveProperty("scores", null);
      else await expect(read(file, lacking)).rejects.toThrow("An answer could not be read");
    },
  );

  it.each([
    ["runs.json", readRuns],
    ["capture.json", readCapture],
    ["findings.json", readFindings],
  ])("%s has no name that is not read", (file, reader) => {
    const value = parseJson(bytesOf(file));
    expect(JSON.parse(JSON.stringify(reader(value), spelled))).toEqual(value);
  });
});
