/** The shapes that the views see: what the plugin serves, decoded. The words are those of proto/attention.proto. */

export type StackKind = "decoder" | "encoder" | "cross";
/** A model whose layers see images of different sizes has several of a kind: "encoder", "encoder 2". */
export type Stack = StackKind | `${StackKind} ${number}`;
export type ViewName = "overview" | "model" | "head" | "neuron";
export type Drawing = "lines" | "text" | "matrix";
export type Theme = "light" | "dark";

/** One probe of one run; steps ascend, versions and wall_times go with them. */
export interface Tag {
  readonly tag: string;
  readonly steps: readonly number[];
  readonly wall_times: readonly number[];
  readonly versions: readonly string[];
}

export interface Run {
  readonly run: string;
  readonly tags: readonly Tag[];
}

/** Something that could not be read; the rest still shows. */
export interface FileProblem {
  readonly run: string;
  readonly file: string;
  readonly problem: string;
}

export interface Runs {
  readonly version: number;
  readonly loading: boolean;
  readonly runs: readonly Run[];
  readonly problems: readonly FileProblem[];
}

/** Tokens first .. last, of which each shares a character with the next; `text` is what they spell together. */
export interface Characters {
  readonly first: number;
  readonly last: number;
  readonly text: string;
}

/** One sequence of tokens; `starts` and `ends` are code points of `text`. `pieces`, `starts`, `ends`,
 * `ids`, `special` and `segments` are empty where nothing is known. */
export interface Sequence {
  readonly name: string;
  readonly text: string;
  readonly tokens: readonly string[];
  readonly pieces: readonly string[];
  readonly ids: readonly number[];
  readonly characters: readonly Characters[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly special: readonly boolean[];
  readonly segments: readonly number[];
  readonly prompt: number | null;
}

export interface Layer {
  readonly layer: number;
  readonly module: string;
  readonly heads: number;
  readonly key_heads: number;
  readonly neurons: number;
  readonly scale: number;
  readonly causal: boolean;
  readonly query_start: number;
  readonly softcap: number | null;
  readonly sinks: readonly number[];
  readonly mask: number | null;
  readonly bias: number | null;
  readonly weights_only: boolean;
  readonly rotary: boolean;
  readonly implementation: string;
  /** The heads whose queries and keys were logged; null: all of them. */
  readonly logged_heads: readonly number[] | null;
}

export interface CaptureStack {
  readonly name: Stack;
  readonly query_sequence: number;
  readonly key_sequence: number;
  readonly layers: readonly Layer[];
}

/** One (run, tag, step). */
export interface Capture {
  readonly run: string;
  readonly tag: string;
  readonly step: number;
  readonly wall_time: number;
  readonly model: string;
  readonly kind: string;
  readonly sequences: readonly Sequence[];
  readonly stacks: readonly CaptureStack[];
  readonly metrics: readonly string[];
}

/** What of the weights the server leaves out; the words are those of docs/http.md. */
export interface LeftOut {
  readonly first: "show" | "hide" | "renormalise";
  readonly special: boolean;
  readonly segments: "all" | "AA" | "AB" | "BA" | "BB";
  readonly segmentShare: boolean;
}

/**
 * Attention weights of one layer: data[(head * queries + query) * keys + key]. Where `block` is more than 1 the text is too long for
 * single tokens: a query or key is then a block of so many, a weight the mean over the queries of the sum over the keys, and what is
 * left out is left out already.
 */
export interface Weights {
  readonly step: number;
  readonly block: number;
  readonly layer: number;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  readonly data: Float32Array;
}

/** Attention weights of one head: data[query * keys + key]; blocks as in `Weights`. */
export interface HeadWeights {
  readonly step: number;
  readonly block: number;
  readonly layer: number;
  readonly head: number;
  readonly queries: number;
  readonly keys: number;
  readonly data: Float32Array;
}

/** [layers, heads, rows, columns] of 255 * sqrt(mass); `layers` names the layer of each row of heads. */
export interface Thumbnails {
  readonly step: number;
  readonly layers: readonly number[];
  readonly heads: number;
  readonly rows: number;
  readonly columns: number;
  readonly data: Uint8Array;
}

/** Query [queries, neurons] and key [keys, neurons] of one head; a score is q . k * scale before soft cap, bias and mask. */
export interface Neurons {
  readonly step: number;
  readonly layer: number;
  readonly head: number;
  readonly queries: number;
  readonly keys: number;
  readonly neurons: number;
  readonly scale: number;
  readonly keyHead: number;
  readonly query: Float32Array;
  readonly key: Float32Array;
}

/** All heads of one layer for one query: weights [heads, keys], scores [heads, keys] (-Infinity where masked) or null. */
export interface Row {
  readonly step: number;
  readonly layer: number;
  readonly query: number;
  readonly heads: number;
  readonly keys: number;
  readonly weights: Float32Array;
  readonly scores: Float32Array | null;
}

/** How something changes with distance: value = intercept + slope * place; r2 0..1 says how far it is a line. NaN: there is none. */
export interface Line {
  readonly slope: number;
  readonly intercept: number;
  readonly r2: number;
}

/** What a line over distances is fitted against: tokens, or log2(1 + tokens). */
export type DistanceAxis = "linear" | "log";

/**
 * One head by distance: place p of an array is the distance `first` + p, the query's position less the key's. NaN where no pair sees each
 * other at that distance. contributions: [neurons, distances].
 */
export interface Distances {
  readonly step: number;
  readonly layer: number;
  readonly head: number;
  readonly axis: DistanceAxis;
  readonly first: number;
  readonly count: number;
  readonly neurons: number;
  readonly pairs: Float32Array;
  readonly contributions: Float32Array;
  readonly scores: Float32Array;
  readonly weights: Float32Array;
  /** One for each neuron. */
  readonly lines: readonly Line[];
  readonly scoreLine: Line;
  /** Neurons, the steepest clear line first. */
  readonly order: readonly number[];
  /** 0..1, how far all queries, or keys, are one vector; null where that is not defined. */
  readonly queryCommon: number | null;
  readonly keyCommon: number | null;
}

/** The score of one query and key at all steps, and what each neuron adds to it: contributions [steps, neurons]. NaN: not known. */
export interface Contributions {
  readonly layer: number;
  readonly head: number;
  readonly query: number;
  readonly key: number;
  readonly steps: readonly number[];
  readonly neurons: number;
  readonly contributions: Float32Array;
  readonly scores: Float32Array;
  readonly weights: Float32Array;
  /** Sentences about what is left out. */
  readonly notes: readonly string[];
  readonly progress: number;
  readonly done: boolean;
}

/** One layer of one stack: a row of the arrays that hold all layers of a capture. */
export interface LayerRow {
  readonly stack: Stack;
  readonly layer: number;
}

/** Head metrics of all steps: data[((step * rows + row) * heads + head) * names + name]; NaN: not defined. */
export interface Metrics {
  readonly steps: readonly number[];
  readonly rows: readonly LayerRow[];
  readonly heads: number;
  readonly names: readonly string[];
  readonly data: Float32Array;
}

export interface HeadType {
  readonly name: string;
  readonly metric: string;
  readonly comparison: string;
  readonly threshold: number;
  readonly meaning: string;
}

/** A span of steps in which a head is of a type. `born` null: since the first step; `died` null: up to the last. */
export interface Life {
  readonly type: number;
  readonly row: number;
  readonly head: number;
  readonly born: number | null;
  readonly died: number | null;
}

/** Which heads are of which types: bit t of data[(step * rows + row) * heads + head] is types[t]. */
export interface HeadTypes {
  readonly types: readonly HeadType[];
  readonly lives: readonly Life[];
  readonly notes: readonly string[];
  readonly steps: readonly number[];
  readonly rows: readonly LayerRow[];
  readonly heads: number;
  readonly data: Uint16Array;
}

/** An answer that is computed while one waits. */
export interface Progressing {
  /** 0..1 */
  readonly progress: number;
  readonly done: boolean;
}

/** How far each head is from where it was: distance[row * heads + head], 0..1, NaN where not comparable or not known yet. */
export interface Change extends Progressing {
  readonly rows: readonly LayerRow[];
  readonly heads: number;
  readonly notes: readonly string[];
  readonly distance: Float32Array;
}

export interface Finding {
  readonly kind: string;
  readonly level: string;
  readonly sentence: string;
  readonly stack: Stack;
  readonly layers: readonly number[];
  readonly heads: readonly (readonly [layer: number, head: number])[];
  readonly steps: readonly number[];
  readonly metric: string | null;
  readonly query: number | null;
  readonly key: number | null;
}

export interface Findings extends Progressing {
  readonly findings: readonly Finding[];
}

/** The weight of one query on one key: weights[(step * layers + layer) * heads + head], NaN where not defined or not known yet. */
export interface Pair extends Progressing {
  readonly steps: readonly number[];
  readonly layers: readonly number[];
  readonly heads: number;
  readonly notes: readonly string[];
  readonly weights: Float32Array;
}
