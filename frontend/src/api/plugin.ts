/**
 * The routes of docs/http.md as functions that return decoded values. Slow answers are asked for
 * until they are whole.
 */

import type { DistanceAxis, LeftOut, Stack } from "../types";
import {
  address,
  leftOutQuery,
  type Place,
  type Probe,
  placeAddress,
  type Query,
  tokensQuery,
} from "./address";
import { type Capture, readCapture } from "./answers/capture";
import { type Change, readChange } from "./answers/change";
import { type Progressing, progressOf } from "./answers/common";
import { type Contributions, type OfPair, readContributions } from "./answers/contributions";
import { type Curves, readCurves } from "./answers/curves";
import { type Distances, readDistances } from "./answers/distances";
import { type Findings, readFindings } from "./answers/findings";
import { type Lessons, readLessons } from "./answers/lessons";
import { type Metrics, readMetrics } from "./answers/metrics";
import { type Neurons, readNeurons } from "./answers/neurons";
import { type Pair, readPair } from "./answers/pair";
import { type Rollout, readRollout } from "./answers/rollout";
import { type Row, readRow } from "./answers/row";
import { type Runs, readRuns } from "./answers/runs";
import { readStories, type Stories } from "./answers/stories";
import { readThumbnails, type Thumbnails } from "./answers/thumbnails";
import { type HeadTypes, readTypes } from "./answers/types";
import {
  type HeadWeights,
  readHeadWeights,
  readValueNorms,
  readWeights,
  type Weights,
} from "./answers/weights";
import { blockFor, cellsOf, type Extent, isExact, MOST_OF_HEAD, MOST_OF_LAYER } from "./blocks";
import { ByteBudget } from "./cache";
import { Flights } from "./flights";
import { parseJson } from "./json";
import { type Decoded, Resource } from "./resource";
import { type Bundle, decodeSafetensors } from "./safetensors";
import type { Source } from "./source";
import { type Partly, untilDone } from "./until_done";

export type { Place, Probe } from "./address";

/** Memory for decoded answers: some fifteen layers of twelve heads at T = 512. */
const KEPT_BYTES = 192 * 2 ** 20;
/**
 * While the server is still reading the log directory it is asked again after this many
 * milliseconds.
 */
const READING_INTERVAL = 1000;

export class PluginApi {
  private readonly source: Source;
  private readonly captures: Resource<Capture>;
  private readonly bundles: Resource<Bundle>;
  private ahead: Promise<Runs> | null = null;
  private metricsAsked: { readonly from: string; readonly answer: Promise<Bundle> } | null = null;

  constructor(source: Source) {
    const budget = new ByteBudget(KEPT_BYTES);
    this.source = new Flights(source);
    this.captures = new Resource(this.source, budget, decodeCapture);
    this.bundles = new Resource(this.source, budget, decodeBundle);
  }

  /**
   * What is logged, as far as the server has read it, asked for before anybody shows it: `runs`
   * begins with this answer.
   */
  runsAhead(signal: AbortSignal): Promise<Runs> {
    const asked = this.listed(signal);
    // Who asks for the runs is told what went wrong.
    asked.catch(() => {});
    this.ahead = asked;
    return asked;
  }

  /** All that is logged, once the server has read it; `partly` gets what it has read so far. */
  async runs(signal: AbortSignal, partly: Partly<Runs>): Promise<Runs> {
    const ask = async (): Promise<Progressing & { readonly runs: Runs }> => {
      const known = this.ahead;
      this.ahead = null;
      const runs = await (known ?? this.listed(signal));
      // How much there is to read nobody knows, so this is never taken for standing still.
      return { runs, progress: Number.NaN, done: !runs.loading };
    };
    return (await untilDone(ask, signal, (part) => partly(part.runs), READING_INTERVAL)).runs;
  }

  async capture(place: Place, signal: AbortSignal): Promise<Capture> {
    return this.captures.get(placeAddress("capture", place, {}), place.version !== "", signal);
  }

  /** All heads of one layer. */
  async weights(
    place: Place,
    stack: Stack,
    layer: number,
    extent: Extent,
    signal: AbortSignal,
  ): Promise<Weights> {
    const block = blockFor(extent, extent.heads, MOST_OF_LAYER);
    const query = { stack, layer, ...cellsOf(extent, block) };
    const [bundle, norms] = await Promise.all([
      this.bundle("weights", place, query, signal),
      this.norms(place, stack, layer, extent, block, signal),
    ]);
    const { show } = extent.leftOut;
    const of = { step: place.step, layer, block, exact: isExact(query), show };
    return readWeights(bundle, of, norms);
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
    const query = { stack, layer, head, ...cellsOf(extent, block) };
    const [bundle, norms] = await Promise.all([
      this.bundle("weights", place, query, signal),
      this.norms(place, stack, layer, extent, block, signal),
    ]);
    const { show } = extent.leftOut;
    const of = { step: place.step, layer, block, exact: isExact(query), show };
    return readHeadWeights(bundle, of, head, norms);
  }

  /** The lengths of values; null where they are not wanted, or blocks are what arrives already. */
  private async norms(
    place: Place,
    stack: Stack,
    layer: number,
    { leftOut }: Extent,
    block: number,
    signal: AbortSignal,
  ): Promise<Float32Array | null> {
    if (leftOut.show === "weight" || block > 1) return null;
    return readValueNorms(await this.bundle("value_norms", place, { stack, layer }, signal));
  }

  /** Every head of a stack; with something left out once the server has made all of them. */
  async thumbnails(
    place: Place,
    stack: Stack,
    leftOut: LeftOut,
    signal: AbortSignal,
  ): Promise<Thumbnails> {
    const query = { stack, ...leftOutQuery(leftOut) };
    const whole = await untilDone(async () => {
      const bundle = await this.bundle("thumbnails", place, query, signal);
      return { bundle, ...progressOf(bundle) };
    }, signal);
    return readThumbnails(whole.bundle, place.step);
  }

  async neurons(
    place: Place,
    stack: Stack,
    layer: number,
    head: number,
    signal: AbortSignal,
  ): Promise<Neurons> {
    const bundle = await this.bundle("neurons", place, { stack, layer, head }, signal);
    return readNeurons(bundle, { step: place.step, layer, head });
  }

  async row(
    place: Place,
    stack: Stack,
    layer: number,
    query: number,
    signal: AbortSignal,
  ): Promise<Row> {
    const bundle = await this.bundle("row", place, { stack, layer, query }, signal);
    return readRow(bundle, { step: place.step, layer, query });
  }

  /** What the neurons of a head contribute, and what it weighs, by distance. */
  async distances(
    place: Place,
    stack: Stack,
    { layer, head }: { readonly layer: number; readonly head: number },
    axis: DistanceAxis,
    signal: AbortSignal,
  ): Promise<Distances> {
    const bundle = await this.bundle("distances", place, { stack, layer, head, axis }, signal);
    return readDistances(bundle, { step: place.step, layer, head }, axis);
  }

  /** Asks for metrics before anybody shows them: `metrics` of this probe begins with that answer. */
  metricsAhead(probe: Probe, signal: AbortSignal): void {
    const from = address("metrics", probe, {});
    const answer = this.passing(from, signal);
    // Who asks for the metrics is told what went wrong.
    answer.catch(() => {});
    this.metricsAsked = { from, answer };
  }

  /** All head metrics of all steps. What follows may grow with the run and is not kept here. */
  async metrics(probe: Probe, signal: AbortSignal): Promise<Metrics> {
    const from = address("metrics", probe, {});
    const known = this.metricsAsked?.from === from ? this.metricsAsked.answer : null;
    if (known) this.metricsAsked = null;
    return readMetrics(await (known ?? this.passing(from, signal)));
  }

  async types(probe: Probe, signal: AbortSignal): Promise<HeadTypes> {
    return readTypes(await this.passing(address("types", probe, {}), signal));
  }

  /** What the neurons of a head contribute to one score, at all steps. */
  async contributions(
    probe: Probe,
    stack: Stack,
    of: OfPair,
    signal: AbortSignal,
    partly: Partly<Contributions>,
  ): Promise<Contributions> {
    const { layer, head, query, key } = of;
    const from = address("contributions", probe, { stack, layer, head, query, key });
    const ask = async () => readContributions(await this.passing(from, signal), of);
    return untilDone(ask, signal, partly);
  }

  async change(
    a: Place,
    b: Place,
    leftOut: LeftOut,
    signal: AbortSignal,
    partly: Partly<Change>,
  ): Promise<Change> {
    const against = { with_run: b.run, with_tag: b.tag, with_step: b.step };
    const other = { step: a.step, ...against, ...tokensQuery(leftOut) };
    const from = address("change", a, other);
    return untilDone(async () => readChange(await this.passing(from, signal)), signal, partly);
  }

  async findings(probe: Probe, signal: AbortSignal, partly: Partly<Findings>): Promise<Findings> {
    const from = address("findings", probe, {});
    const ask = async () => readFindings(parseJson(await this.source.get(from, signal)));
    return untilDone(ask, signal, partly);
  }

  /** The strongest findings of all that is logged. */
  async stories(signal: AbortSignal, partly: Partly<Stories>): Promise<Stories> {
    const ask = async () => readStories(parseJson(await this.source.get("stories", signal)));
    return untilDone(ask, signal, partly);
  }

  /** What each head type and each kind of finding is. */
  async lessons(signal: AbortSignal): Promise<Lessons> {
    return readLessons(parseJson(await this.source.get("lessons", signal)));
  }

  /** Losses of the probe and scalars of its run, over the steps. */
  async curves(probe: Probe, signal: AbortSignal): Promise<Curves> {
    return readCurves(parseJson(await this.source.get(address("curves", probe, {}), signal)));
  }

  /** `at.step` says which tokens are meant. */
  async pair(
    at: Place,
    stack: Stack,
    query: number,
    key: number,
    leftOut: LeftOut,
    signal: AbortSignal,
    partly: Partly<Pair>,
  ): Promise<Pair> {
    const of = { stack, query, key, step: at.step, ...tokensQuery(leftOut) };
    const from = address("pair", at, of);
    return untilDone(async () => readPair(await this.passing(from, signal)), signal, partly);
  }

  /** Up to a layer; null: through all of them. */
  async rollout(
    place: Place,
    stack: Stack,
    layer: number | null,
    signal: AbortSignal,
    partly: Partly<Rollout>,
  ): Promise<Rollout> {
    const from = placeAddress("rollout", place, { stack, ...(layer === null ? {} : { layer }) });
    return untilDone(async () => readRollout(await this.passing(from, signal)), signal, partly);
  }

  /** What is shown as one file; `state` is what it shows when it is opened. */
  page(a: Place, b: Place | null, state: string, signal: AbortSignal): Promise<ArrayBuffer> {
    const other = b ? { with_run: b.run, with_tag: b.tag, with_step: b.step } : {};
    return this.source.get(address("page", a, { step: a.step, ...other, state }), signal);
  }

  private async listed(signal: AbortSignal): Promise<Runs> {
    return readRuns(parseJson(await this.source.get("runs", signal)));
  }

  private async passing(from: string, signal: AbortSignal): Promise<Bundle> {
    return decodeSafetensors(await this.source.get(from, signal));
  }

  private bundle(route: string, place: Place, query: Query, signal: AbortSignal): Promise<Bundle> {
    return this.bundles.get(placeAddress(route, place, query), place.version !== "", signal);
  }
}

function decodeCapture(body: ArrayBuffer): Decoded<Capture> {
  // The objects of a capture take a few times the memory of its text.
  return { value: readCapture(parseJson(body)), bytes: 4 * body.byteLength, whole: true };
}

function decodeBundle(body: ArrayBuffer): Decoded<Bundle> {
  const bundle = decodeSafetensors(body);
  // What the server has not made in full is asked for again.
  return { value: bundle, bytes: bundle.bytes, whole: progressOf(bundle).done };
}
