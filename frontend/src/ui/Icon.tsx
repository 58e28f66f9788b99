/** The few signs that buttons carry, as paths on a 24 x 24 grid. */

import type { JSX } from "preact";

const PATHS = {
  first: "M6 6h2v12H6zM18 6v12l-8.5-6z",
  previous: "M15.5 6v12L7 12z",
  play: "M8 5v14l11-7z",
  pause: "M6 5h4v14H6zm8 0h4v14h-4z",
  next: "M8.5 6v12L17 12z",
  last: "M16 6h2v12h-2zM6 6v12l8.5-6z",
  settings: "M3 6h18v2H3zm0 5h18v2H3zm0 5h18v2H3z",
  copy: "M8 3h11v14H8zm2 2v10h7V5zM5 7h1.5v12H16v1.5H5z",
  fill: "M4 4h7v2H7.4l4.3 4.3-1.4 1.4L6 7.4V11H4zm16 16h-7v-2h3.6l-4.3-4.3 1.4-1.4 4.3 4.3V13h2z",
  shrink: "M11 11H4V9h3.6L3.3 4.7l1.4-1.4L9 7.6V4h2zm2 2h7v2h-3.6l4.3 4.3-1.4 1.4-4.3-4.3V20h-2z",
  warning: "M12 3 1.5 21h21zm1 14.5h-2v-2h2zm0-4h-2V9h2z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
