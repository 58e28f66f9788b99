/** The captures of a page, with the tensors of their layers, read from its parts when asked for. */

import { address, type Probe } from "../api/address";
import { type Capture, type CaptureStack, type Layer, readCapture } from "../api/answers/capture";
import { readRuns } from "../api/answers/runs";
import { ByteBudget } from "../api/cache";
import { ApiError } from "../api/error";
import { parseJson } from "../api/json";
import { type Bundle, decodeSafetensors } from "../api/safetensors";
import type { AttentionLayer, Shared } from "../attend/layer";
import { Asked } from "./asked";
import { type Held, type HeldLayer, layerKey, type PageIndex, questionKey } from "./held";
import { idle } from "./pace";

/** One step of a probe. */
export interface At extends Probe {
  readonly step: number;
}

/** Memory for tensors, decompressed: the layers of GPT-2 small at 500 tokens. */
const KEPT_BYTES = 128 * 2 ** 20;
/** Of it for layers that nobody has asked for yet. */
const AHEAD_BYTES = KEPT_BYTES / 4;

/** A layer that was logged, whose queries and keys the page was made without. */
export class LayerNotHeld extends ApiError {
  constructor(message: string) {
    super(message, 404);
  }
}

export class Holding {
  private readonly held: Held;
  private readonly known: Promise<Known>;
  private readonly budget = new ByteBudget(KEPT_BYTES);
  private readonly tensors = new Map<number, Bundle>();
  private asked = 0;

  constructor(held: Held) {
    this.held = held;
    this.known = held.index().then(knownOf);
    // Whoever asks gets it; nobody may have asked yet.
    this.known.catch(() => {});
  }

  /** An answer that is held as it is; null where there is none. */
  async answer(asked: Asked): Promise<ArrayBuffer | null> {
    const { answers } = await this.known;
    const found = answers.get(questionKey(asked.route, asked.parameters));
    if (!found) return null;
    if (found.part === null) throw new ApiError(found.problem ?? NOT_HELD, 404);
    return this.held.part(found.part);
  }

  async capture({ run, tag, step }: At): Promise<Capture> {
    const body = await this.answer(new Asked(address("capture", { run, tag }, { step })));
    if (!body) throw new ApiError(`This page does not hold step ${step} of ${tag}.`, 404);
    return readCapture(parseJson(body));
  }

  async steps({ run, tag }: Probe): Promise<readonly number[]> {
    const body = await this.answer(new Asked("runs"));
    const runs = body ? readRuns(parseJson(body)).runs : [];
    const tags = runs.find((each) => each.run === run)?.tags ?? [];
    return tags.find((each) => each.tag === tag)?.steps ?? [];
  }

  /** A layer with its tensors. */
  async layer(at: At, stack: CaptureStack, layer: Layer): Promise<AttentionLayer> {
    const { layers } = await this.known;
    const { run, tag, step } = at;
    const found = layers.get(layerKey({ run, tag, step, stack: stack.name, layer: layer.layer }));
    if (!found) throw new LayerNotHeld(withoutLayer(layer.layer, at, layers));
    if (found.tensors === null) throw new ApiError(found.problem ?? NOT_HELD, 404);
    const [tensors, mask, bias] = await Promise.all([
      this.bundle(found.tensors),
      found.mask === null ? null : this.bundle(found.mask),
      found.bias === null ? null : this.bundle(found.bias),
    ]);
    void this.readAhead(found);
    return layerOf(layer, tensors, mask, bias);
  }

  /** Reads the other layers of the capture, the nearest first, while nothing else is asked for. */
  private async readAhead(from: HeldLayer): Promise<void> {
    this.asked += 1;
    const asked = this.asked;
    await idle();
    if (asked !== this.asked) return;
    const { layers } = await this.known;
    const far = ({ layer }: HeldLayer): number => Math.abs(layer - from.layer);
    const others = [...layers.values()].filter((each) => isOfSameStack(each, from));
    let bytes = 0;
    for (const { tensors } of others.sort((a, b) => far(a) - far(b))) {
      if (tensors === null) continue;
      try {
        bytes += (await this.bundle(tensors)).bytes;
      } catch {
        return; // whoever asks for it is told
      }
      await idle();
      if (asked !== this.asked || bytes > AHEAD_BYTES) return;
    }
  }

  private async bundle(part: number): Promise<Bundle> {
    const known = this.tensors.get(part);
    if (known) {
      this.budget.use(String(part));
      return known;
    }
    const bundle = decodeSafetensors(await this.held.part(part));
    this.tensors.set(part, bundle);
    this.budget.add(String(part), bundle.bytes, () => this.tensors.delete(part));
    return bundle;
  }
}

const NOT_HELD = "This page does not hold that: make it anew with more in it.";

interface Known {
  readonly answers: ReadonlyMap<string, PageIndex["answers"][number]>;
  readonly layers: ReadonlyMap<string, HeldLayer>;
}

function knownOf({ answers, layers }: PageIndex): Known {
  return {
    answers: new Map(
      answers.map((each) => [questionKey(each.route, Object.entries(each.query)), each]),
    ),
    layers: new Map(layers.map((each) => [layerKey(each), each])),
  };
}

function isOfSameStack(one: HeldLayer, other: HeldLayer): boolean {
  return (["run", "tag", "step", "stack"] as const).every((name) => one[name] === other[name]);
}

function withoutLayer(layer: number, at: At, layers: ReadonlyMap<string, HeldLayer>): string {
  const of = [...layers.values()].filter(
    (each) => each.run === at.run && each.tag === at.tag && each.step === at.step,
  );
  const there = [...new Set(of.map((each) => each.layer))].sort((a, b) => a - b);
  return (
    `This page holds queries and keys of the layers ${there.join(", ") || "of no step here"}, not ` +
    `of layer ${layer}: choose one of these, or make the page with layers=.`
  );
}

function layerOf(
  about: Layer,
  tensors: Bundle,
  mask: Bundle | null,
  bias: Bundle | null,
): AttentionLayer {
  const of = (name: string) => tensors.tensors.get(name);
  const numbers = (name: string): Float32Array | null => {
    const data = of(name)?.data;
    return data instanceof Float32Array ? data : null;
  };
  const [, queries = 0, last = 0] = (of("query") ?? of("weights"))?.shape ?? [];
  const weightsOnly = of("weights") !== undefined;
  return {
    heads: about.heads,
    keyHeads: about.key_heads,
    queries,
    keys: weightsOnly ? last : (of("key")?.shape[1] ?? 0),
    neurons: weightsOnly ? 0 : last,
    query: numbers("query"),
    key: numbers("key"),
    weights: numbers("weights"),
    scale: about.scale,
    causal: about.causal,
    queryStart: about.query_start,
    softcap: about.softcap,
    sinks: about.sinks,
    mask: sharedOf(mask, "mask", Uint8Array),
    bias: sharedOf(bias, "bias", Float32Array),
    valueNorms: numbers("value_norms"),
  };
}

function sharedOf<T>(
  bundle: Bundle | null,
  name: string,
  kind: new (...of: never[]) => T,
): Shared<T> | null {
  const found = bundle?.tensors.get(name);
  return found && found.data instanceof kind
    ? { heads: found.shape[0] ?? 0, data: found.data }
    : null;
}

/** The stack of that name, or the first one for null. */
export function findStack(capture: Capture, name: string | null): CaptureStack {
  const found = capture.stacks.find((each) => name === null || each.name === name);
  if (found) return found;
  throw new ApiError(`This capture has no stack ${name ?? ""}.`, 404);
}

export function findLayer(stack: CaptureStack, number: number): Layer {
  const found = stack.layers.find((each) => each.layer === number);
  if (found) return found;
  throw new ApiError(`The stack ${stack.name} has no layer ${number}.`, 404);
}

/** The numbers of the steps, int32; float64 if one does not fit. */
export function stepArray(steps: readonly number[]): {
  readonly shape: readonly number[];
  readonly data: Int32Array | Float64Array;
} {
  const fits = steps.every((each) => (each | 0) === each);
  return { shape: [steps.length], data: fits ? Int32Array.from(steps) : Float64Array.from(steps) };
}
