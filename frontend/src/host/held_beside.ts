/**
 * Parts that a second frame of the same cell holds, in its output or in one of its own, so that the first one is there sooner:
 * tb_attention/standalone/beside.html, which this asks by messages.
 */

import { ApiError } from "../api/error";
import { isRecord } from "../api/json";

/** So long an answer is waited for, in milliseconds. */
const PATIENCE = 60_000;

interface Waiting {
  readonly text: Promise<string>;
  /** Anything but a text is an error. */
  readonly settle: (found: unknown) => void;
}

/** How parts are asked for by their names; `name` is that of the frame, whichever it is. */
export function partsBeside(own: Window, name: string): (part: string) => Promise<string> {
  const waiting = new Map<string, Waiting>();
  const ask = (part: string): void => {
    for (const each of beside(own)) each.postMessage({ tbAttention: name, ask: part }, "*");
  };
  own.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (!isRecord(data) || data.tbAttention !== name) return;
    // What was asked before the other frame was there has been heard by nobody.
    if (data.here === true) for (const part of waiting.keys()) ask(part);
    const { part, text } = data;
    if (typeof part === "string") waiting.get(part)?.settle(text);
  });
  return (part) => {
    const known = waiting.get(part);
    if (known) return known.text;
    let settle = (_: unknown): void => {};
    const text = new Promise<string>((resolve, reject) => {
      const late = own.setTimeout(() => settle(null), PATIENCE);
      settle = (found) => {
        own.clearTimeout(late);
        waiting.delete(part);
        if (typeof found === "string") resolve(found);
        else reject(new ApiError(MISSING, 0));
      };
    });
    waiting.set(part, { text, settle });
    ask(part);
    return text;
  };
}

/** The frames of the same output, and of others that have a frame of their own. */
function beside({ parent }: Window): ReadonlySet<Window> {
  const others = parent === parent.parent ? [] : framesOf(parent.parent).flatMap(framesOf);
  return new Set([...framesOf(parent), ...others]);
}

function framesOf(of: Window): readonly Window[] {
  return Array.from({ length: of.length }, (_, place) => of[place]).filter(
    (each) => each !== undefined,
  );
}

const MISSING =
  "The other layers of this cell are in its second output, which does not answer: run the cell anew.";
