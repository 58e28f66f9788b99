/**
 * Style sheets as strings, since the bundle has no file of styles that anybody would link; and the
 * font of canvases.
 */

import { signal } from "@preact/signals";
import type { Font } from "../font";

const FAMILY = 'Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif';

/** Counts up when a font has arrived. */
const fontsArrived = signal(0);
const adopted = new Set<string>();
/** Gets the file of each font of the page, by weight, for files that must hold it. */
export const fontFiles = new Map<number, () => Promise<ArrayBuffer>>();

/** Adds a style sheet to the page, once. */
export function adoptStyle(css: string): void {
  if (adopted.has(css)) return;
  adopted.add(css);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

/** Adds a font to the page. */
export async function adoptFont({ weight, face, file }: Font): Promise<void> {
  fontFiles.set(weight, file);
  document.fonts.add(face);
  await face.load();
  fontsArrived.value += 1;
}

/**
 * A font for context.font. Reading it in a drawing redraws the canvas once the bundled font is
 * there.
 */
export function canvasFont(size: number, weight: 400 | 500 | 700 = 400): string {
  return fontsArrived.value >= 0 ? `${weight} ${size}px ${FAMILY}` : "";
}
