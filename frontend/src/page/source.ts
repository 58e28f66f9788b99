/**
 * The source that is the page itself: answers that it holds, and those that it makes of the queries
 * and keys that it holds, as the server does.
 */

import { ApiError } from "../api/error";
import type { Source } from "../api/source";
import { rollout, thumbnails } from "./answers/capture";
import { change } from "./answers/change";
import { distances } from "./answers/distances";
import { neurons, row, valueNorms, weights } from "./answers/layer";
import { contributions, pair } from "./answers/steps";
import { Asked } from "./asked";
import type { Held } from "./held";
import { Holding } from "./holding";
import { Jobs, PATIENCE, type Tell } from "./jobs";

type Make = (
  holding: Holding,
  asked: Asked,
  signal: AbortSignal,
  tell: Tell,
) => Promise<ArrayBuffer>;

const MAKE: Readonly<Record<string, Make>> = {
  weights,
  row,
  neurons,
  value_norms: valueNorms,
  pair,
  contributions,
  distances,
  change,
  rollout,
  thumbnails,
};
/** Those of many layers or steps, which are given in parts. */
const IN_PARTS = new Set(["pair", "contributions", "change"]);

/** `patience`: how long a request waits for the whole of an answer, in milliseconds. */
export function pageSource(held: Held, patience: number = PATIENCE): Source {
  const holding = new Holding(held);
  const jobs = new Jobs(patience);
  return {
    async get(address, signal) {
      const asked = new Asked(address);
      const found = await holding.answer(asked);
      signal.throwIfAborted();
      if (found) return found;
      const make = MAKE[asked.route];
      if (!make) throw new ApiError(NOT_HERE, 404);
      if (!IN_PARTS.has(asked.route)) return make(holding, asked, signal, () => {});
      return jobs.get(address, (ended, tell) => make(holding, asked, ended, tell), signal);
    },
  };
}

const NOT_HERE =
  "This page does not hold that, and cannot make it: look at the log in TensorBoard, or make the page anew with it.";
