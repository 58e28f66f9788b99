/** A view as a picture: a line that says what it shows, and below it what stands on the screen. */

import { palette } from "../draw/palette";
import { canvasFont } from "../draw/style";
import { theme } from "../state/host";
import { type Fade, paintPage } from "./paint_page";
import { type Helpers, SvgContext } from "./svg_context";

const MARGIN = 16;
const HEADER = 34;
/** Device pixels of a PNG for each CSS pixel. */
const SHARPNESS = 2;

export interface Heading {
  /** In bold, such as "Head view". */
  readonly name: string;
  /** Run, tag, step, layer. */
  readonly facts: string;
}

/** SVG in which text is text. */
export function svgOf(root: HTMLElement, heading: Heading): Blob {
  const { width, height } = sizeOf(root);
  const svg = new SvgContext(pageHelpers());
  // It has every method that a drawing calls: a test holds that.
  const context = svg as unknown as CanvasRenderingContext2D;
  paint(context, root, heading, (alpha, _width, _height, draw) =>
    svg.group(alpha, () => draw(context)),
  );
  return new Blob([svg.text(width, height)], { type: "image/svg+xml" });
}

/** PNG with a background. */
export async function pngOf(root: HTMLElement, heading: Heading): Promise<Blob> {
  const { width, height } = sizeOf(root);
  const { canvas, context } = sharpCanvas(width, height);
  paint(context, root, heading, (alpha, across, down, draw) => {
    const layer = sharpCanvas(across, down);
    draw(layer.context);
    context.globalAlpha = alpha;
    context.drawImage(layer.canvas, 0, 0, across, down);
  });
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else
        reject(
          new Error(
            "The browser could not make a PNG of this size. Make the window smaller, or take SVG.",
          ),
        );
    }, "image/png");
  });
}

function sizeOf(root: HTMLElement): { readonly width: number; readonly height: number } {
  const box = root.getBoundingClientRect();
  return { width: box.width + 2 * MARGIN, height: box.height + HEADER + MARGIN };
}

function sharpCanvas(
  width: number,
  height: number,
): { canvas: HTMLCanvasElement; context: CanvasRenderingContext2D } {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * SHARPNESS));
  canvas.height = Math.max(1, Math.round(height * SHARPNESS));
  const context = contextOf(canvas);
  context.scale(SHARPNESS, SHARPNESS);
  return { canvas, context };
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("The browser gave no canvas to draw the picture on.");
  return context;
}

function paint(
  context: CanvasRenderingContext2D,
  root: HTMLElement,
  heading: Heading,
  fade: Fade,
): void {
  const { width, height } = sizeOf(root);
  const colours = palette(theme.peek());
  context.fillStyle = colours.bg;
  context.fillRect(0, 0, width, height);
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  context.fillStyle = colours.text;
  context.font = canvasFont(13, 500);
  context.fillText(heading.name, MARGIN, 22);
  const after = context.measureText(heading.name).width + 12;
  context.fillStyle = colours.muted;
  context.font = canvasFont(13);
  context.fillText(heading.facts, MARGIN + after, 22, Math.max(40, width - 2 * MARGIN - after));
  context.translate(MARGIN, HEADER);
  paintPage(context, root, fade);
}

function pageHelpers(): Helpers {
  const measuring = contextOf(document.createElement("canvas"));
  const copy = document.createElement("canvas");
  const copying = contextOf(copy);
  return {
    measure: (text, font, baseline) => {
      measuring.font = font;
      measuring.textBaseline = baseline;
      return measuring.measureText(text);
    },
    png: (image, x, y, width, height) => {
      copy.width = Math.max(1, Math.round(width));
      copy.height = Math.max(1, Math.round(height));
      copying.drawImage(image, x, y, width, height, 0, 0, copy.width, copy.height);
      return copy.toDataURL("image/png");
    },
  };
}
