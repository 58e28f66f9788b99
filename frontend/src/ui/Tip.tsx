/** The little box beside what is pointed at. Where it stands its owner says. */

import type { ComponentChildren, CSSProperties, JSX } from "preact";

interface TipProps {
  readonly style: CSSProperties;
  readonly hidden?: boolean;
  /** Whether screen readers announce it; else they learn it elsewhere. */
  readonly told?: boolean;
  readonly testId?: string;
  readonly children: ComponentChildren;
}

export function Tip({
  style,
  hidden = false,
  told = false,
  testId,
  children,
}: TipProps): JSX.Element {
  return (
    <div
      class="tip"
      hidden={hidden}
      style={style}
      {...(told ? { role: "status" } : { "aria-hidden": true })}
      data-testid={testId}
    >
      {children}
    </div>
  );
}
