/** Which curves stand beside those of heads where nobody has chosen any. Pure. */

import type { Curve } from "../../../types";

/** So many are drawn at first: each has a scale of its own. */
const MOST = 3;
/** Of the run, the first of each that there is, by its name. */
const TELLING: readonly RegExp[] = [/(^|[/_])grad(ient)?_?norm/i, /(^|\/|train_)loss$/i];

/** The loss of what repeats, else of the text; the norm of the gradient; the loss of training. */
export function firstCurves(all: readonly Curve[]): readonly string[] {
  const [probe, run] = [
    all.filter((each) => each.from === "probe"),
    all.filter((each) => each.from !== "probe"),
  ];
  const loss =
    probe.find((each) => /repeat/i.test(each.name)) ??
    probe.find((each) => /loss/i.test(each.name)) ??
    probe[0];
  const found = [loss, ...TELLING.map((name) => run.find((each) => name.test(each.name)))];
  return [...new Set(found.flatMap((each) => each?.name ?? []))].slice(0, MOST);
}
