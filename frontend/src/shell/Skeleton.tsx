/** Grey shapes of the size of what is coming, so that nothing jumps. */

import type { JSX } from "preact";

export function ViewSkeleton(): JSX.Element {
  return (
    <div class="skeleton-view" role="status" aria-label="Loading" data-testid="loading">
      <div class="skeleton skeleton-main" />
      <div class="skeleton skeleton-side" />
    </div>
  );
}

/** While the tab looks for what to open with. */
export function StorySkeleton(): JSX.Element {
  return (
    <div
      class="skeleton-story"
      role="status"
      aria-label="Looking for what stands out"
      data-testid="loading"
    >
      <div class="skeleton skeleton-headline" />
      <p class="note">Looking for what stands out in these runs</p>
      <div class="skeleton-cards">
        <div class="skeleton" />
        <div class="skeleton" />
        <div class="skeleton" />
      </div>
    </div>
  );
}

export function PageSkeleton({ note }: { readonly note: string }): JSX.Element {
  return (
    <div class="shell">
      <aside class="settings" aria-hidden="true">
        {[32, 60, 44, 24, 60].map((height) => (
          <div key={height} class="skeleton" style={{ height: `${height}px` }} />
        ))}
      </aside>
      <main class="content">
        <nav class="view-bar" />
        <div class="view">
          <ViewSkeleton />
        </div>
        <footer class="status">{note}</footer>
      </main>
    </div>
  );
}
