/** The font of the page: Roboto in three weights, as files beside the bundle. */

import type { Source } from "./api/source";
import { type Font, faceOf } from "./font";

/** Files beside the bundle, by weight. */
const URLS = new Map([
  [
    400,
    new URL(
      "../node_modules/@fontsource/roboto/files/roboto-latin-400-normal.woff",
      import.meta.url,
    ),
  ],
  [
    500,
    new URL(
      "../node_modules/@fontsource/roboto/files/roboto-latin-500-normal.woff",
      import.meta.url,
    ),
  ],
  [
    700,
    new URL(
      "../node_modules/@fontsource/roboto/files/roboto-latin-700-normal.woff",
      import.meta.url,
    ),
  ],
]);

/** Fonts that the server has: they are on their way. */
export function servedFonts(source: Source): readonly Font[] {
  return [...URLS].map(([weight, { href }]) => {
    const face = faceOf(weight, `url("${href}")`);
    // Who adopts it is told where it does not come.
    face.load().catch(() => {});
    return { weight, face, file: () => source.get(href, new AbortController().signal) };
  });
}
