/**
 * For tests only: a server of invented captures that answers as docs/http.md says, and can be made
 * to wait or to fail.
 */

import { ApiError } from "./api/error";
import type { Source } from "./api/source";
import type { Layer, Sequence } from "./types";

/** A sequence in which nothing is known. */
export const NO_TOKENS: Sequence = {
  name: "",
  text: "",
  tokens: [],
  pieces: [],
  ids: [],
  characters: [],
  starts: [],
  ends: [],
  special: [],
  segments: [],
  documents: [],
  prompt: null,
  spans: [],
  losses: [],
  in_context: null,
};

/** A causal layer of one head and one neuron of which nothing special is known. */
export const PLAIN_LAYER: Layer = {
  layer: 0,
  module: "",
  heads: 1,
  key_heads: 1,
  neurons: 1,
  scale: 1,
  causal: true,
  query_start: 0,
  softcap: null,
  sinks: [],
  mask: null,
  bias: null,
  weights_only: false,
  rotary: false,
  implementation: "",
  logged_heads: null,
  error: null,
  unchecked: "",
  resting: null,
  value_norms: false,
  projection: "",
};

/** Safetensors bytes of float32 and uint8 arrays. */
export function encode(
  tensors: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly data: Float32Array | Uint8Array }>
  >,
  metadata: Readonly<Record<string, string>> = {},
): ArrayBuffer {
  const header: Record<string, unknown> =
    Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const dtype = data instanceof Float32Array ? "F32" : "U8";
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    offset += data.byteLength;
  }
  const json = JSON.stringify(header);
  const text = new TextEncoder().encode(json.padEnd(Math.ceil(json.length / 8) * 8));
  const out = new Uint8Array(8 + text.length + offset);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
  out.set(text, 8);
  let at = 8 + text.length;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out.buffer;
}

/** One tag of one run, with the model that it was logged from. */
export interface Logged {
  readonly steps: readonly number[];
  readonly tokens: number;
  readonly layers: number;
  readonly heads: number;
  readonly version?: string;
  readonly weightsOnly?: boolean;
  /** Instead of " token0", " token1", ... */
  readonly words?: readonly string[];
}

/**
 * Weights of a capture are all (step + layer / 100), so that a test sees at once what it is looking
 * at.
 */
export class TestServer implements Source {
  runs: Record<string, Record<string, Logged>> = {};
  loading = false;
  /** As the answer has them. */
  stories: readonly unknown[] = [];
  /** What is known of them before all are; null: all are known at once. */
  firstStories: readonly unknown[] | null = null;
  /** So many requests it takes to make thumbnails with something left out. */
  makes = 1;
  /** Every address that was asked for. */
  readonly asked: string[] = [];
  /** Addresses with this text in them are not answered before `release`. */
  hold: string | null = null;
  /** Addresses with this text in them are refused with 404. */
  refuse: string | null = null;
  private held: (() => void)[] = [];

  async get(url: string, signal: AbortSignal): Promise<ArrayBuffer> {
    this.asked.push(url);
    if (this.hold !== null && url.includes(this.hold)) await this.waiting(signal);
    if (this.refuse !== null && url.includes(this.refuse))
      throw new ApiError("That is not there.", 404);
    const [route = "", query = ""] = url.split("?");
    const answer = this.answer(route, new URLSearchParams(query));
    return typeof answer === "string" ? new TextEncoder().encode(answer).buffer : answer;
  }

  release(): void {
    this.hold = null;
    for (const each of this.held.splice(0)) each();
  }

  private waiting(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.held.push(resolve);
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  }

  private answer(route: string, query: URLSearchParams): string | ArrayBuffer {
    if (route === "runs") return JSON.stringify(this.listing());
    if (route === "stories") {
      const [known, done] = [this.firstStories ?? this.stories, this.firstStories === null];
      this.firstStories = null;
      return JSON.stringify({ stories: known, notes: [], progress: done ? 1 : 0.5, done });
    }
    const logged = this.runs[query.get("run") ?? ""]?.[query.get("tag") ?? ""];
    if (!logged) throw new Error(`the test asked for what it did not log: ${route}?${query}`);
    const step = Number(query.get("step"));
    if (route === "capture")
      return JSON.stringify(
        captureOf(query.get("run") ?? "", query.get("tag") ?? "", step, logged),
      );
    const { tokens, heads, layers } = logged;
    const filled = (count: number): Float32Array =>
      new Float32Array(count).fill(step + Number(query.get("layer")) / 100);
    if (route === "thumbnails") {
      const side = Math.min(tokens, 32);
      const data = new Uint8Array(layers * heads * side * side).fill(step);
      const numbers = JSON.stringify(Array.from({ length: layers }, (_, index) => index));
      const done = query.has("first") && this.makes-- > 1 ? "false" : "true";
      return encode(
        { thumbnails: { shape: [layers, heads, side, side], data } },
        { layers: numbers, ...(query.has("first") ? { progress: "0.5", done } : {}) },
      );
    }
    if (route === "weights") {
      const count = query.has("head") ? 1 : heads;
      return encode({
        weights: { shape: [count, tokens, tokens], data: filled(count * tokens * tokens) },
      });
    }
    if (route === "neurons") {
      const vectors = { shape: [tokens, 2], data: filled(tokens * 2) };
      return encode({ query: vectors, key: vectors }, { scale: "0.5", key_head: "0" });
    }
    const line = { shape: [heads, tokens], data: filled(heads * tokens) };
    return encode(logged.weightsOnly ? { weights: line } : { weights: line, scores: line });
  }

  private listing(): unknown {
    const runs = Object.entries(this.runs).map(([run, tags]) => ({
      run,
      tags: Object.entries(tags).map(([tag, { steps, version = "v" }]) => ({
        tag,
        steps,
        wall_times: steps.map((each) => 1e9 + each),
        tokens: 4,
        versions: steps.map((each) => `${version}${each}`),
      })),
    }));
    return { version: 1, loading: this.loading, runs, problems: [] };
  }
}

function captureOf(run: string, tag: string, step: number, logged: Logged): unknown {
  const tokens = Array.from(
    { length: logged.tokens },
    (_, index) => logged.words?.[index] ?? ` token${index}`,
  );
  const layer = (index: number): unknown => ({
    layer: index,
    module: `h.${index}`,
    heads: logged.heads,
    key_heads: logged.heads,
    neurons: 2,
    scale: 0.5,
    causal: true,
    query_start: 0,
    softcap: null,
    sinks: [],
    mask: null,
    bias: null,
    weights_only: logged.weightsOnly ?? false,
    rotary: false,
    implementation: "sdpa",
    logged_heads: null,
    error: null,
    unchecked: "",
    resting: null,
    value_norms: false,
    projection: "",
  });
  const sequence = { ...NO_TOKENS, name: "decoder", text: tokens.join(""), tokens };
  const layers = Array.from({ length: logged.layers }, (_, index) => layer(index));
  const stack = { name: "decoder", query_sequence: 0, key_sequence: 0, layers };
  return {
    run,
    tag,
    step,
    wall_time: 1e9,
    model: "test",
    kind: "probe",
    sequences: [sequence],
    stacks: [stack],
    metrics: [],
    notes: [],
    effects: [],
  };
}
