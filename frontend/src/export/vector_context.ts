/**
 * A drawing context that writes shapes, text and images to a file instead of pixels: the drawings
 * of the views call it as they call a canvas. Knows no page.
 */

import type { Matrix } from "./matrix";
import { VectorPath } from "./vector_path";

type Size = Pick<TextMetrics, "width" | "fontBoundingBoxAscent">;

/** Measures a text as the page does. */
export type Measure = (text: string, font: string, baseline: CanvasTextBaseline) => Size;

/** Parts of a font such as `italic 500 12px Roboto, sans-serif`. */
export interface Font {
  readonly style: string;
  readonly weight: string;
  /** In the units of the plane. */
  readonly size: number;
  readonly family: string;
}

/** How a shape is filled, or drawn along its edge; a colour as in CSS. */
export type Paint =
  | { readonly fill: string }
  | {
      readonly stroke: string;
      readonly width: number;
      readonly cap: CanvasLineCap;
      readonly join: CanvasLineJoin;
      readonly dash: readonly number[];
    };

export interface TextRun {
  readonly text: string;
  /** Of the alphabetic baseline, before `matrix`. */
  readonly x: number;
  readonly y: number;
  readonly anchor: "start" | "middle" | "end";
  /** What it takes on the page; a font that is a bit wider keeps to it. */
  readonly width: number;
  readonly font: Font;
  /** As `context.font` has it. */
  readonly css: string;
  readonly fill: string;
  readonly opacity: number;
}

/** A part of an image and where it goes, before the matrix. */
export interface ImagePart {
  readonly image: CanvasImageSource;
  readonly from: readonly [x: number, y: number, width: number, height: number];
  readonly to: readonly [x: number, y: number, width: number, height: number];
  readonly smooth: boolean;
  readonly opacity: number;
}

const DEFAULTS = {
  fillStyle: "#000000",
  strokeStyle: "#000000",
  globalAlpha: 1,
  lineWidth: 1,
  lineCap: "butt" as CanvasLineCap,
  lineJoin: "miter" as CanvasLineJoin,
  font: "10px sans-serif",
  textAlign: "start" as CanvasTextAlign,
  textBaseline: "alphabetic" as CanvasTextBaseline,
  direction: "ltr" as CanvasDirection,
  imageSmoothingEnabled: true,
};

type Style = typeof DEFAULTS;

interface Saved {
  readonly style: Style;
  readonly matrix: Matrix;
  readonly dash: readonly number[];
  readonly clips: number;
}

export abstract class VectorContext extends VectorPath implements Style {
  fillStyle = DEFAULTS.fillStyle;
  strokeStyle = DEFAULTS.strokeStyle;
  globalAlpha = DEFAULTS.globalAlpha;
  lineWidth = DEFAULTS.lineWidth;
  lineCap = DEFAULTS.lineCap;
  lineJoin = DEFAULTS.lineJoin;
  font = DEFAULTS.font;
  textAlign = DEFAULTS.textAlign;
  textBaseline = DEFAULTS.textBaseline;
  direction = DEFAULTS.direction;
  imageSmoothingEnabled = DEFAULTS.imageSmoothingEnabled;
  /** Clips that are open. */
  protected clips = 0;
  private readonly saved: Saved[] = [];
  private dash: readonly number[] = [];

  constructor(private readonly measure: Measure) {
    super();
  }

  /** `path` is path data of SVG on the untransformed plane. */
  protected abstract shape(path: string, paint: Paint, opacity: number): void;
  protected abstract run(text: TextRun): void;
  protected abstract part(image: ImagePart): void;
  /** Only what is within `path` is drawn until `unclip`. */
  protected abstract clipTo(path: string): void;
  protected abstract unclip(): void;
  /** What `draw` draws, as one whole. */
  abstract group(opacity: number, draw: () => void): void;

  save(): void {
    const style = Object.fromEntries(
      Object.keys(DEFAULTS).map((name) => [name, this[name as keyof Style]]),
    ) as Style;
    this.saved.push({ style, matrix: this.matrix, dash: this.dash, clips: this.clips });
  }

  restore(): void {
    const last = this.saved.pop();
    if (!last) return;
    for (; this.clips > last.clips; this.clips--) this.unclip();
    Object.assign(this, last.style);
    this.matrix = last.matrix;
    this.dash = last.dash;
  }

  setLineDash(dash: readonly number[]): void {
    this.dash = [...dash];
  }

  fill(): void {
    this.paint(this.path.join(""), { fill: this.fillStyle });
  }

  stroke(): void {
    this.paint(this.path.join(""), this.strokes());
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.paint(this.box(x, y, width, height), { fill: this.fillStyle });
  }

  strokeRect(x: number, y: number, width: number, height: number): void {
    this.paint(this.box(x, y, width, height), this.strokes());
  }

  /** Until the `restore` of what was saved before. */
  clip(): void {
    this.clipTo(this.path.join(""));
    this.clips++;
  }

  measureText(text: string): Size {
    return this.measure(text, this.font, this.textBaseline);
  }

  fillText(text: string, x: number, y: number, room?: number): void {
    if (text === "" || this.globalAlpha === 0) return;
    const ascent = (baseline: CanvasTextBaseline): number =>
      this.measure("x", this.font, baseline).fontBoundingBoxAscent;
    // Files know the alphabetic baseline best.
    const down =
      this.textBaseline === "alphabetic" ? 0 : ascent("alphabetic") - ascent(this.textBaseline);
    this.run({
      text,
      x,
      y: y + down,
      anchor: ANCHORS[this.textAlign],
      width: Math.min(room ?? Number.POSITIVE_INFINITY, this.measureText(text).width),
      font: parseFont(this.font),
      css: this.font,
      fill: this.fillStyle,
      opacity: this.globalAlpha,
    });
  }

  drawImage(
    image: CanvasImageSource & { readonly width: number; readonly height: number },
    ...places: number[]
  ): void {
    const whole = places.length < 8;
    const [sx = 0, sy = 0, sw = 0, sh = 0] = whole ? [0, 0, image.width, image.height] : places;
    const [dx = 0, dy = 0, dw = image.width, dh = image.height] = whole ? places : places.slice(4);
    if (!dw || !dh || this.globalAlpha === 0) return;
    this.part({
      image,
      from: [sx, sy, sw, sh],
      to: [dx, dy, dw, dh],
      smooth: this.imageSmoothingEnabled,
      opacity: this.globalAlpha,
    });
  }

  private paint(path: string, paint: Paint): void {
    if (path !== "" && this.globalAlpha > 0) this.shape(path, paint, this.globalAlpha);
  }

  private strokes(): Paint {
    return {
      stroke: this.strokeStyle,
      width: this.lineWidth * this.matrix.size,
      cap: this.lineCap,
      join: this.lineJoin,
      dash: this.dash.map((each) => each * this.matrix.size),
    };
  }
}

const ANCHORS: Record<CanvasTextAlign, TextRun["anchor"]> = {
  start: "start",
  left: "start",
  center: "middle",
  end: "end",
  right: "end",
};

function parseFont(font: string): Font {
  const found = /^(?:(italic|oblique)\s+)?(?:(\d+|bold|normal)\s+)?([\d.]+)px\s+(.+)$/.exec(font);
  return {
    style: found?.[1] ?? "",
    weight: found?.[2] ?? "400",
    size: Number(found?.[3] ?? 10),
    family: found?.[4] ?? "sans-serif",
  };
}
