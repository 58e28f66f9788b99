/** The routes of docs/http.md as functions: what to ask for in, decoded values out. The only module that talks to the server. */

import type {
  Capture,
  Change,
  Contributions,
  DistanceAxis,
  Distances,
  Findings,
  HeadTypes,
  HeadWeights,
  LeftOut,
  Metrics,
  Neurons,
  Pair,
  Row,
  Runs,
  Stack,
  Thumbnails,
  Weights,
} from "../types";

import { readCapture, readRuns } from "./answers";
import { ByteBudget } from "./cache";
import { Client } from "./client";
import { unreadable } from "./error";
import { readChange, readFindings, readMetrics, readPair, readTypes } from "./histories";
import { parseJson } from "./json";
import { type HeadPlace, type PairPlace, readContributions, readDistances } from "./neurons";

import { type Decoded, Resource } from "./resource";
import { type Bundle, decodeSafetensors, floats, octets } from "./safetensors";

/** One capture; `version` is that of `runs`, empty where it is unknown. */
export interface Place {
  readonly run: string;
  readonly tag: string;
  readonly step: number;
  readonly version: string;
}

/** All steps of one probe. */
export interface Probe {
  readonly run: string;
  readonly tag: string;
}

/** Memory for decoded answers: some fifteen layers of twelve heads at T = 512. */
const KEPT_BYTES = 192 * 2 ** 20;
/** Up to this many query-key pairs of a head weights travel as float32; above it float16 halves what is sent. */
const FULL_PRECISION_PAIRS = 256 * 256;
/** Up to this many weights of a layer, and of one head, come token by token; of longer texts in blocks of tokens. */
const MOST_OF_LAYER = 2 ** 25;
const MOST_OF_HEAD = 2 ** 22;

/** Size of the layer that is asked for, and how it is to be read. */
export interface Extent {
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  readonly leftOut: LeftOut;
}

export class PluginApi {
  private readonly client: Client;
  private readonly captures: Resource<Capture>;
  private readonly bundles: Resource<Bundle>;

  constructor(client: Client = new Client()) {
    const budget = new ByteBudget(KEPT_BYTES);
    this.client = client;
    this.captures = new Resource(client, budget, decodeCapture);
    this.bundles = new Resource(client, budget, decodeBundle);
  }

  async runs(signal: AbortSignal): Promise<Runs> {
    return readRuns(parseJson(await this.client.get("runs", signal)));
  }

  async capture(place: Place, signal: AbortSignal): Promise<Capture> {
    return this.captures.get(address("capture", place, {}), place.version !== "", signal);
  }

  /** All heads of a layer. */
  async weights(
    place: Place,
    stack: Stack,
    layer: number,
    extent: Extent,
    signal: AbortSignal,
  ): Promise<Weights> {
    const block = blockFor(extent, extent.heads, MOST_OF_LAYER);
    const bundle = await this.bundle(
      "weights",
      place,
      { stack, layer, ...cellsOf(extent, block) },
      signal,
    );
    const { shape, data } = floats(bundle, "weights", 3);
    const [heads = 0, queries = 0, keys = 0] = shape;
    return { step: place.step, block, layer, heads, queries, keys, data };
  }

  /** One head. */
  async headWeights(
    place: Place,
    stack: Stack,
    layer: number,
    head: number,
    extent: Extent,
    signal: AbortSignal,
  ): Promise<HeadWeights> {
    const block = blockFor(extent, 1, MOST_OF_HEAD);
    const bundle = await this.bundle(
      "weights",
      place,
      { stack, layer, head, ...cellsOf(extent, block) },
      signal,
    );
    const { shape, data } = floats(bundle, "weights", 3);
    const [, queries = 0, keys = 0] = shape;
    return { step: place.step, block, layer, head, queries, keys, data };
  }

  /** Every head of a stack; with something left out once the server has made all of them. */
  async thumbnails(
    place: Place,
    stack: Stack,
    leftOut: LeftOut,
    signal: AbortSignal,
  ): Promise<Thumbnails> {
    const query = { stack, ...leftOutQuery(leftOut) };
    let bundle = await this.bundle("thumbnails", place, query, signal);
    while (!isDone(bundle)) bundle = await this.bundle("thumbnails", place, query, signal);
    const { shape, data } = octets(bundle, "thumbnails", 4);
    const [, heads = 0, rows = 0, columns = 0] = shape;
    const layers = numbers(bundle.metadata.get("layers"));
    if (layers.length !== shape[0]) throw unreadable("the thumbnails do not fit their layers");
    return { step: place.step, layers, heads, rows, columns, data };
  }

  async neurons(
    place: Place,
    stack: Stack,
    layer: number,
    head: number,
    signal: AbortSignal,
  ): Promise<Neurons> {
    const bundle = await this.bundle("neurons", place, { stack, layer, head }, signal);
    const query = floats(bundle, "query", 2);
    const key = floats(bundle, "key", 2);
    const [queries = 0, neurons = 0] = query.shape;
    const [keys = 0] = key.shape;
    const scale = Number(bundle.metadata.get("scale"));
    const keyHead = Number(bundle.metadata.get("key_head"));
    if (key.shape[1] !== neurons || Number.isNaN(scale) || Number.isNaN(keyHead))
      throw unreadable("query and key do not fit each other");
    return {
      step: place.step,
      layer,
      head,
      queries,
      keys,
      neurons,
      scale,
      keyHead,
      query: query.data,
      key: key.data,
    };
  }

  async row(
    place: Place,
    stack: Stack,
    layer: number,
    query: number,
    signal: AbortSignal,
  ): Promise<Row> {
    const bundle = await this.bundle("row", place, { stack, layer, query }, signal);
    const { shape, data } = floats(bundle, "weights", 2);
    const [heads = 0, keys = 0] = shape;
    const scores = bundle.tensors.has("scores") ? floats(bundle, "scores", 2).data : null;
    return { step: place.step, layer, query, heads, keys, weights: data, scores };
  }

  /** What the neurons of a head contribute, and what it weighs, by distance. */
  async distances(
    place: Place,
    stack: Stack,
    of: HeadPlace,
    axis: DistanceAxis,
    signal: AbortSignal,
  ): Promise<Distances> {
    const { layer, head } = of;
    return readDistances(
      await this.bundle("distances", place, { stack, layer, head, axis }, signal),
      place.step,
      of,
      axis,
    );
  }

  /** What the neurons of a head contribute to one score, at all steps. In part where it is not done: not kept. */
  async contributions(
    run: string,
    tag: string,
    stack: Stack,
    of: PairPlace,
    signal: AbortSignal,
  ): Promise<Contributions> {
    const { layer, head, query, key } = of;
    const parameters = new URLSearchParams({ run, tag, stack });
    for (const [name, value] of Object.entries({ layer, head, query, key }))
      parameters.set(name, String(value));
    return readContributions(
      decodeSafetensors(await this.client.get(`contributions?${parameters}`, signal)),
      of,
    );
  }

  /** All head metrics of all steps. What follows may grow with the run and is not kept here. */
  async metrics(probe: Probe, signal: AbortSignal): Promise<Metrics> {
    return readMetrics(await this.passing("metrics", probe, {}, signal));
  }

  async types(probe: Probe, signal: AbortSignal): Promise<HeadTypes> {
    return readTypes(await this.passing("types", probe, {}, signal));
  }

  async change(a: Place, b: Place, signal: AbortSignal): Promise<Change> {
    const other = { step: a.step, with_run: b.run, with_tag: b.tag, with_step: b.step };
    return readChange(await this.passing("change", a, other, signal));
  }

  async findings(probe: Probe, signal: AbortSignal): Promise<Findings> {
    return readFindings(
      parseJson(await this.client.get(probeAddress("findings", probe, {}), signal)),
    );
  }

  /** `step` says which tokens are meant. */
  async pair(
    at: Place,
    stack: Stack,
    query: number,
    key: number,
    signal: AbortSignal,
  ): Promise<Pair> {
    return readPair(await this.passing("pair", at, { stack, query, key, step: at.step }, signal));
  }

  private async passing(
    route: string,
    probe: Probe,
    query: Query,
    signal: AbortSignal,
  ): Promise<Bundle> {
    return decodeSafetensors(await this.client.get(probeAddress(route, probe, query), signal));
  }

  private bundle(route: string, place: Place, query: Query, signal: AbortSignal): Promise<Bundle> {
    return this.bundles.get(address(route, place, query), place.version !== "", signal);
  }
}

type Query = Readonly<Record<string, string | number>>;

function address(route: string, place: Place, query: Query): string {
  const parameters = new URLSearchParams({
    run: place.run,
    tag: place.tag,
    step: String(place.step),
  });
  for (const [name, value] of Object.entries(query)) parameters.set(name, String(value));
  if (place.version !== "") parameters.set("v", place.version);
  return `${route}?${parameters}`;
}

/** Side of the blocks in tokens, a power of 2, so that `heads` heads have at most `most` cells. */
export function blockFor({ queries, keys }: Extent, heads: number, most: number): number {
  let block = 1;
  while (heads * Math.ceil(queries / block) * Math.ceil(keys / block) > most) block *= 2;
  return block;
}

function cellsOf(extent: Extent, block: number): Query {
  const dtype = extent.queries * extent.keys <= FULL_PRECISION_PAIRS ? "float32" : "float16";
  return block === 1 ? { dtype } : { dtype, block, ...leftOutQuery(extent.leftOut) };
}

/** What is left out as parameters, without those that are as they are by default. */
function leftOutQuery({ first, special, segments, segmentShare }: LeftOut): Query {
  return {
    ...(first === "show" ? {} : { first, ...(special ? { special: 1 } : {}) }),
    ...(segments === "all" ? {} : { segments, ...(segmentShare ? { segment_share: 1 } : {}) }),
  };
}

/** False for an answer that the server has not made in full: the same request goes on. */
function isDone(bundle: Bundle): boolean {
  return bundle.metadata.get("done") !== "false";
}

function probeAddress(route: string, { run, tag }: Probe, query: Query): string {
  const parameters = new URLSearchParams({ run, tag });
  for (const [name, value] of Object.entries(query)) parameters.set(name, String(value));
  return `${route}?${parameters}`;
}

function decodeCapture(body: ArrayBuffer): Decoded<Capture> {
  // The objects of a capture take a few times the memory of its text.
  return { value: readCapture(parseJson(body)), bytes: 4 * body.byteLength, whole: true };
}

function decodeBundle(body: ArrayBuffer): Decoded<Bundle> {
  const bundle = decodeSafetensors(body);
  return { value: bundle, bytes: bundle.bytes, whole: isDone(bundle) };
}

function numbers(json: string | undefined): readonly number[] {
  const value: unknown = JSON.parse(json ?? "[]");
  if (!Array.isArray(value)) throw unreadable("layers is not a list");
  return value.map(Number);
}
