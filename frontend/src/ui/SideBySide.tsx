/**
 * A view in two parts: the picture, and what is said of it at its right; on a narrow page below it.
 */

import type { ComponentChildren, JSX } from "preact";

interface SideBySideProps {
  /** Says how wide the side is, and how high both are where they stand below each other. */
  readonly class: string;
  readonly testId: string;
  /** null: the picture has all the room. */
  readonly side: ComponentChildren;
  readonly children: ComponentChildren;
}

export function SideBySide({ class: own, testId, side, children }: SideBySideProps): JSX.Element {
  return (
    <div class={`side-by-side ${side ? "" : "alone"} ${own}`} data-testid={testId}>
      {children}
      {side}
    </div>
  );
}
