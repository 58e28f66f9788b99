/** What stands beside the first picture of the tab, and is built after it. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { whenIdle } from "../draw/frames";
import { later, whenDrawn } from "../state/ask";

/** Pieces that are still to be built, in the order in which they stand on the page. */
const waiting = new Set<() => void>();
/** The next of them is asked for. */
let asked = false;
/** So long the next one waits on a page that is never idle, in milliseconds. */
const LATEST = 300;

interface AfterwardsProps {
  /** Makes the piece. */
  readonly children: () => ComponentChildren;
}

/** Its piece, once it is that one's turn. Its box keeps the room that it needs. */
export function Afterwards({ children }: AfterwardsProps): JSX.Element {
  const built = useTurn();
  return <>{built && children()}</>;
}

/**
 * Whether to build what stands beside the picture: at once, unless the first picture is not drawn
 * yet; then once it is, one piece at a time, so that none of them holds up a frame for long.
 */
export function useTurn(): boolean {
  const [built, build] = useState(() => !later.peek());
  useEffect(() => (built ? undefined : inTurn(() => build(true))), [built]);
  return built;
}

function inTurn(piece: () => void): () => void {
  waiting.add(piece);
  askNext();
  return () => waiting.delete(piece);
}

function askNext(): void {
  if (asked || waiting.size === 0) return;
  asked = true;
  void whenDrawn().then(() => whenIdle(buildNext, LATEST));
}

function buildNext(): void {
  asked = false;
  const [piece] = waiting;
  if (!piece) return;
  waiting.delete(piece);
  piece();
  askNext();
}
