/** What colours mean: a ramp between the words, or numbers, of its ends. */

import type { ComponentChildren, JSX } from "preact";

interface RampLegendProps {
  /** From left to right. */
  readonly colours: readonly string[];
  /** Width of the ramp in CSS pixels. */
  readonly width: number;
  readonly low: ComponentChildren;
  readonly high: ComponentChildren;
  /** The ramp in words, for screen readers; or `title`, for a tooltip. */
  readonly label?: string;
  readonly title?: string;
  readonly testId?: string;
  /** Behind the ramp. */
  readonly children?: ComponentChildren;
}

export function RampLegend({
  colours,
  width,
  low,
  high,
  label,
  title,
  testId,
  children,
}: RampLegendProps): JSX.Element {
  const background = `linear-gradient(90deg, ${colours.join(", ")})`;
  return (
    <div class="ramp-legend note" title={title} data-testid={testId}>
      <span>{low}</span>
      <i
        class="ramp"
        style={{ width: `${width}px`, background }}
        {...(label === undefined ? {} : { role: "img", "aria-label": label })}
      />
      <span>{high}</span>
      {children}
    </div>
  );
}
