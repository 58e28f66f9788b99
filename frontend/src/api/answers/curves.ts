/** `curves`: numbers of a probe over its steps, and the scalars of its run. */

import { list, number, object, real, text } from "../json";

const curve = object({
  /** Another one for each curve of an answer. */
  name: text,
  label: text,
  /** Empty where it is not known. */
  unit: text,
  /** "probe": measured on its text; "run": logged by the training. */
  from: text,
  /** The run that has it. */
  run: text,
  steps: list(number),
  values: list(real),
});

const curves = object({ curves: list(curve), notes: list(text) });

export function readCurves(value: unknown) {
  return curves(value, "the curves");
}

export type Curve = ReturnType<typeof curve>;
export type Curves = ReturnType<typeof readCurves>;
