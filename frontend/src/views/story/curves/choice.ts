/** Which curves stand beside those of heads where nobody has chosen any. Pure. */

import type { Curve } from "../../../types";

/** So many are drawn at first: each has a scale of its own. */
const MOST = 3;
/** Of the run, the first of each that there is, by its name. */
const TELLING: readonly RegExp[] = [/(^|[/_])grad(ient)?_?norm/i, /(^|\/|train_)loss$/i];

/**
 * The answer where the metric is what heads do to it, else the loss of what repeats, else of the
 * text; the norm of the gradient; the loss of training.
 */
export function firstCurves(all: readonly Curve[], metric: string): readonly string[] {
  const [probe, run] = [
    all.filter((each) => each.from === "probe"),
    all.filter((each) => each.from !== "probe"),
  ];
  const named = (name: RegExp): Curve | undefined => probe.find((each) => name.test(each.name));
  const answer = metric.startsWith("answer") ? named(/^answer/) : undefined;
  const own = answer ?? named(/repeat/) ?? named(/loss/) ?? probe[0];
  const found = [own, ...TELLING.map((name) => run.find((each) => name.test(each.name)))];
  return [...new Set(found.flatMap((each) => each?.name ?? []))].slice(0, MOST);
}
