/**
 * Whether two captures can be laid over each other, and where their tokens differ. Pure functions
 * of the captures.
 */

import type { Capture, CaptureStack, Sequence, Stack } from "../types";

export interface Comparability {
  /** A sentence that says why the two cannot be compared, or null. */
  readonly problem: string | null;
  /** Positions whose tokens differ, ascending. */
  readonly queriesDiffer: readonly number[];
  readonly keysDiffer: readonly number[];
}

/** Compares the stack `name` of `a` with that of `b`. */
export function comparable(a: Capture, b: Capture, name: Stack): Comparability {
  const [ours, theirs] = [stackOf(a, name), stackOf(b, name)];
  if (!ours || !theirs)
    return refused(`There is no ${name} attention in what it is to be compared with.`);
  const shape = shapeProblem(ours, theirs);
  if (shape !== null) return refused(shape);
  const [queries, otherQueries] = [
    tokensOf(a, ours.query_sequence),
    tokensOf(b, theirs.query_sequence),
  ];
  const [keys, otherKeys] = [tokensOf(a, ours.key_sequence), tokensOf(b, theirs.key_sequence)];
  for (const [one, other] of [
    [queries, otherQueries],
    [keys, otherKeys],
  ] as const) {
    if (one.length !== other.length) {
      return refused(
        `The texts have ${one.length} and ${other.length} tokens: only texts of the same length can be compared.`,
      );
    }
  }
  return {
    problem: null,
    queriesDiffer: differing(queries, otherQueries),
    keysDiffer: differing(keys, otherKeys),
  };
}

function refused(problem: string): Comparability {
  return { problem, queriesDiffer: [], keysDiffer: [] };
}

/**
 * Heads belong to each other by their numbers, which means something only where both models have
 * the same layers and heads.
 */
function shapeProblem(ours: CaptureStack, theirs: CaptureStack): string | null {
  const [here, there] = [
    ours.layers.map((each) => each.layer),
    theirs.layers.map((each) => each.layer),
  ];
  if (here.length !== there.length) {
    return `The models have ${here.length} and ${there.length} layers here: their heads cannot be compared one by one.`;
  }
  if (String(here) !== String(there)) {
    return `The layers differ (${here.join(", ")} and ${there.join(", ")}): their heads cannot be compared one by one.`;
  }
  const at = ours.layers.findIndex((each, index) => each.heads !== theirs.layers[index]?.heads);
  if (at < 0) return null;
  return `Layer ${here[at]} has ${ours.layers[at]?.heads} and ${theirs.layers[at]?.heads} heads: they cannot be compared one by one.`;
}

/** Positions at which two equally long lists differ. */
function differing(one: readonly string[], other: readonly string[]): readonly number[] {
  return one.flatMap((token, index) => (token === other[index] ? [] : [index]));
}

function stackOf(capture: Capture, name: Stack): CaptureStack | undefined {
  return capture.stacks.find((each) => each.name === name);
}

function tokensOf(capture: Capture, sequence: number): Sequence["tokens"] {
  return capture.sequences[sequence]?.tokens ?? [];
}
