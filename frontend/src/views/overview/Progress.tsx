/** How far the server is with what it computes in the background. */

import type { JSX } from "preact";

export function Progress({ value }: { readonly value: number }): JSX.Element {
  const percent = Math.round(100 * value);
  return (
    <div
      class="overview-progress"
      role="progressbar"
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-label="Being computed"
      title={`${percent} %`}
    >
      <i style={{ width: `${percent}%` }} />
    </div>
  );
}
