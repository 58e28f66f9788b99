/** Tells screen readers what changes; nobody sees it. */

import type { ComponentChildren, JSX } from "preact";

interface AnnouncerProps {
  readonly testId?: string;
  readonly children: ComponentChildren;
}

export function Announcer({ testId, children }: AnnouncerProps): JSX.Element {
  return (
    <div class="for-readers" role="status" aria-live="polite" data-testid={testId}>
      {children}
    </div>
  );
}
