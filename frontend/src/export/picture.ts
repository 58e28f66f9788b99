/** A view as a file: its drawings, cut to what is on them, over a caption. */

import { palette } from "../draw/palette";
import { canvasFont } from "../draw/style";
import { theme } from "../state/host";
import { type About, entriesOf } from "./about";
import { wrap } from "./caption";
import { type Box, inkOf } from "./ink";
import {
  colourReader,
  contextOf,
  cutOut,
  letters,
  measurer,
  pageFonts,
  pixelsOf,
  sharpCanvas,
} from "./page_pixels";
import { type Fade, paintPage } from "./paint_page";
import { PdfContext } from "./pdf/context";
import { dots, withChunks } from "./png_chunks";
import { SvgContext } from "./svg_context";

type Context = CanvasRenderingContext2D;

/** Room about everything, and between drawing and caption, in CSS pixels. */
const MARGIN = 2;
const GAP = 12;
/** Lines leave room for another font than Roboto, which may be wider, as in an SVG without it. */
const CAPTION = { font: 12, line: 16, narrowest: 260, filled: 0.94 };
/** Dots per inch of a PNG, where a canvas may be so large. */
const DOTS = 600;
const MOST_SIDE = 16_000;
const MOST_PIXELS = 64e6;
/** The element that is a figure at this moment, and how large a CSS pixel of it is printed. */
export interface Picture {
  readonly root: HTMLElement;
  readonly about: About;
  readonly millimetresPerPixel: number;
}

/** SVG in which text is text. */
export function svgOf(picture: Picture): Blob {
  const composed = compose(picture);
  const svg = new SvgContext({ measure: measurer(), png: (part) => cutOut(part).toDataURL() });
  // It has every method that a drawing calls: a test holds that.
  const context = svg as unknown as Context;
  paint(context, picture, composed, (alpha, _width, _height, draw) =>
    svg.group(alpha, () => draw(context)),
  );
  const { width, height } = composed;
  const text = svg.text(width, height, {
    millimetres: [width, height].map((each) => each * picture.millimetresPerPixel) as [
      number,
      number,
    ],
    about: picture.about,
  });
  return new Blob([text], { type: "image/svg+xml" });
}

/** PNG with a background. */
export async function pngOf(picture: Picture): Promise<Blob> {
  const composed = compose(picture);
  const { width, height } = composed;
  const wanted = picture.millimetresPerPixel * dots(DOTS);
  const sharpness = Math.min(
    wanted,
    MOST_SIDE / Math.max(width, height),
    Math.sqrt(MOST_PIXELS / (width * height)),
  );
  const canvas = raster(picture, composed, sharpness);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("The browser could not make a PNG of this size: take SVG or PDF.");
  const png = new Uint8Array(await blob.arrayBuffer());
  const perMillimetre = sharpness / picture.millimetresPerPixel;
  return new Blob([withChunks(png, entriesOf(picture.about), perMillimetre)], {
    type: "image/png",
  });
}

/** PDF of one page, with its fonts in it. */
export async function pdfOf(picture: Picture): Promise<Blob> {
  const composed = compose(picture);
  const pdf = new PdfContext({
    measure: measurer(),
    colour: colourReader(),
    pixels: (part) => pixelsOf(cutOut(part)),
    picture: letters,
    fonts: await pageFonts(),
  });
  const context = pdf as unknown as Context;
  paint(context, picture, composed, (alpha, _width, _height, draw) =>
    pdf.group(alpha, () => draw(context)),
  );
  const { width, height } = composed;
  return pdf.blob(width, height, picture.millimetresPerPixel, picture.about);
}

/** What of the root is shown, the lines under it, and the size of all, in CSS pixels. */
interface Composed {
  readonly ink: Box;
  readonly caption: readonly string[];
  readonly width: number;
  readonly height: number;
}

function compose(picture: Picture): Composed {
  const { root, about } = picture;
  const { width: across, height: down } = root.getBoundingClientRect();
  // Whole pixels: one that is half covered would be ink.
  const [columns, rows] = [Math.floor(across), Math.floor(down)];
  const whole = { left: 0, top: 0, width: columns, height: rows };
  const plain = { ink: whole, caption: [], width: columns, height: rows };
  const canvas = raster(picture, plain, 1);
  const { data } = contextOf(canvas).getImageData(0, 0, canvas.width, canvas.height);
  const ink = padded(inkOf(data, canvas.width) ?? whole, whole);
  const width = Math.min(across, Math.max(ink.width, CAPTION.narrowest)) + 2 * MARGIN;
  const measure = measurer();
  const font = canvasFont(CAPTION.font);
  const caption = wrap(
    about.caption,
    CAPTION.filled * (width - 2 * MARGIN),
    (text) => measure(text, font, "alphabetic").width,
  );
  return {
    ink,
    caption,
    width,
    height: ink.height + GAP + caption.length * CAPTION.line + 2 * MARGIN,
  };
}

/** With what a finer picture may have beyond the edge: half a pixel of a line. */
function padded({ left, top, width, height }: Box, whole: Box): Box {
  const [x, y] = [Math.max(0, left - 1), Math.max(0, top - 1)];
  return {
    left: x,
    top: y,
    width: Math.min(whole.width, left + width + 1) - x,
    height: Math.min(whole.height, top + height + 1) - y,
  };
}

function raster(picture: Picture, composed: Composed, sharpness: number): HTMLCanvasElement {
  const { canvas, context } = sharpCanvas(composed.width, composed.height, sharpness);
  paint(context, picture, composed, (alpha, across, down, draw) => {
    const layer = sharpCanvas(across, down, sharpness);
    draw(layer.context);
    context.globalAlpha = alpha;
    context.drawImage(layer.canvas, 0, 0, across, down);
  });
  return canvas;
}

function paint(context: Context, { root }: Picture, composed: Composed, fade: Fade): void {
  const { ink, caption, width, height } = composed;
  const colours = palette(theme.peek());
  context.fillStyle = colours.bg;
  context.fillRect(0, 0, width, height);
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  context.fillStyle = colours.text;
  context.font = canvasFont(CAPTION.font);
  const below = MARGIN + ink.height + GAP + CAPTION.font;
  caption.forEach((line, at) => {
    context.fillText(line, MARGIN, below + at * CAPTION.line);
  });
  const margin = caption.length > 0 ? MARGIN : 0;
  context.save();
  context.beginPath();
  context.rect(margin, margin, ink.width, ink.height);
  context.clip();
  context.translate(margin - ink.left, margin - ink.top);
  paintPage(context, root, fade);
  context.restore();
}
