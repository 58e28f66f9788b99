/** The font of the page: Roboto in three weights, as files beside the bundle or parts of the page. */

import type { Source } from "./api/source";
import { adoptFont, fontFiles } from "./draw/style";
import type { Held } from "./page/held";

const FAMILY = "Roboto";

/**
 * Files beside the bundle, by weight. Made when they are asked for: in the frame of a notebook there
 * is no address that they could stand beside.
 */
function fontUrls(): ReadonlyMap<number, string> {
  return new Map([
    [
      400,
      new URL(
        "../node_modules/@fontsource/roboto/files/roboto-latin-400-normal.woff",
        import.meta.url,
      ).href,
    ],
    [
      500,
      new URL(
        "../node_modules/@fontsource/roboto/files/roboto-latin-500-normal.woff",
        import.meta.url,
      ).href,
    ],
    [
      700,
      new URL(
        "../node_modules/@fontsource/roboto/files/roboto-latin-700-normal.woff",
        import.meta.url,
      ).href,
    ],
  ]);
}

/** Fonts that the server has. */
export function adoptServedFonts(source: Source): void {
  for (const [weight, url] of fontUrls()) {
    void adoptFont(FAMILY, weight, url);
    fontFiles.set(weight, () => source.get(url, new AbortController().signal));
  }
}

/** Fonts that the page holds. */
export async function adoptHeldFonts(held: Held): Promise<void> {
  for (const { weight, part } of (await held.index()).fonts) {
    fontFiles.set(weight, () => held.part(part));
    void held.part(part).then((file) => adoptFont(FAMILY, weight, file));
  }
}
