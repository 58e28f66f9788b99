/** A titled part of the settings column. */

import type { ComponentChildren, JSX } from "preact";

interface SectionProps {
  readonly title: string;
  /** At the right end of the title's line. */
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Section({ title, aside, children }: SectionProps): JSX.Element {
  return (
    <section class="section">
      <header>
        <h2>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}
