/**
 * A drawing context that writes SVG: the drawings of the views call it as they call a canvas. Text
 * stays text. Knows no page.
 */

import type { Matrix } from "./matrix";
import { SvgPath } from "./svg_path";
import { attributes, escapeXml, number } from "./xml";

type Size = Pick<TextMetrics, "width" | "fontBoundingBoxAscent">;

/** What only a page can do: measure a text, and turn a part of an image into a data: address. */
export interface Helpers {
  measure(text: string, font: string, baseline: CanvasTextBaseline): Size;
  png(image: CanvasImageSource, x: number, y: number, width: number, height: number): string;
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
  readonly groups: number;
}

export class SvgContext extends SvgPath implements Style {
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
  private readonly parts: string[] = [];
  private readonly saved: Saved[] = [];
  private dash: readonly number[] = [];
  /** Groups with a clip that are open. */
  private groups = 0;
  private clips = 0;

  constructor(private readonly helpers: Helpers) {
    super();
  }

  /** The picture as a file. */
  text(width: number, height: number): string {
    const size = `width="${number(width)}" height="${number(height)}" viewBox="0 0 ${number(width)} ${number(height)}"`;
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>\n${this.parts.join("\n")}${"\n</g>".repeat(this.groups)}\n</svg>\n`;
  }

  save(): void {
    const style = Object.fromEntries(
      Object.keys(DEFAULTS).map((name) => [name, this[name as keyof Style]]),
    ) as Style;
    this.saved.push({ style, matrix: this.matrix, dash: this.dash, groups: this.groups });
  }

  restore(): void {
    const last = this.saved.pop();
    if (!last) return;
    for (; this.groups > last.groups; this.groups--) this.parts.push("</g>");
    Object.assign(this, last.style);
    this.matrix = last.matrix;
    this.dash = last.dash;
  }

  setLineDash(dash: readonly number[]): void {
    this.dash = [...dash];
  }

  fill(): void {
    this.shape(this.path.join(""), { fill: this.fillStyle });
  }

  stroke(): void {
    this.shape(this.path.join(""), this.strokes());
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.shape(this.box(x, y, width, height), { fill: this.fillStyle });
  }

  strokeRect(x: number, y: number, width: number, height: number): void {
    this.shape(this.box(x, y, width, height), this.strokes());
  }

  /** Until the `restore` of what was saved before. */
  clip(): void {
    const id = `clip${++this.clips}`;
    this.parts.push(
      `<clipPath id="${id}"><path d="${this.path.join("")}"/></clipPath>`,
      `<g clip-path="url(#${id})">`,
    );
    this.groups++;
  }

  /** What `draw` draws, as one group. */
  group(opacity: number, draw: () => void): void {
    this.parts.push(`<g opacity="${number(opacity)}">`);
    draw();
    this.parts.push("</g>");
  }

  measureText(text: string): Size {
    return this.helpers.measure(text, this.font, this.textBaseline);
  }

  fillText(text: string, x: number, y: number, room?: number): void {
    if (text === "" || this.globalAlpha === 0) return;
    const { style, weight, size, family } = parseFont(this.font);
    const ascent = (baseline: CanvasTextBaseline): number =>
      this.helpers.measure("x", this.font, baseline).fontBoundingBoxAscent;
    // Drawing programs know the alphabetic baseline best.
    const down =
      this.textBaseline === "alphabetic" ? 0 : ascent("alphabetic") - ascent(this.textBaseline);
    // Where Roboto is not installed another font, which may be wider, keeps to the same place.
    const width = Math.min(room ?? Number.POSITIVE_INFINITY, this.measureText(text).width);
    const stretched = [...text].length > 1;
    const place = this.matrix.translation
      ? { x: number(x + this.matrix.e), y: number(y + down + this.matrix.f) }
      : { x: number(x), y: number(y + down), transform: this.matrix.text() };
    const written = attributes({
      ...place,
      "font-family": family,
      "font-size": size,
      "font-weight": weight === "400" ? undefined : weight,
      "font-style": style === "" ? undefined : style,
      "text-anchor": ANCHORS[this.textAlign] === "start" ? undefined : ANCHORS[this.textAlign],
      textLength: stretched ? number(width) : undefined,
      lengthAdjust: stretched ? "spacingAndGlyphs" : undefined,
      fill: this.fillStyle,
      opacity: this.opacity(),
    });
    this.parts.push(`<text xml:space="preserve"${written}>${escapeXml(text)}</text>`);
  }

  drawImage(
    image: CanvasImageSource & { readonly width: number; readonly height: number },
    ...places: number[]
  ): void {
    const whole = places.length < 8;
    const [sx, sy, sw, sh] = whole ? [0, 0, image.width, image.height] : places;
    const [dx, dy, dw = image.width, dh = image.height] = whole ? places : places.slice(4);
    if (!dw || !dh || this.globalAlpha === 0) return;
    const written = attributes({
      x: number(dx ?? 0),
      y: number(dy ?? 0),
      width: number(dw),
      height: number(dh),
      transform: this.matrix.identity ? undefined : this.matrix.text(),
      preserveAspectRatio: "none",
      opacity: this.opacity(),
      style: this.imageSmoothingEnabled ? undefined : "image-rendering:pixelated",
      href: this.helpers.png(image, sx ?? 0, sy ?? 0, sw ?? 0, sh ?? 0),
    });
    this.parts.push(`<image${written}/>`);
  }

  private shape(path: string, paint: Readonly<Record<string, string | undefined>>): void {
    if (path === "" || this.globalAlpha === 0) return;
    this.parts.push(`<path d="${path}"${attributes({ ...paint, opacity: this.opacity() })}/>`);
  }

  private strokes(): Readonly<Record<string, string | undefined>> {
    return {
      fill: "none",
      stroke: this.strokeStyle,
      "stroke-width": number(this.lineWidth * this.matrix.size),
      "stroke-linecap": this.lineCap === "butt" ? undefined : this.lineCap,
      "stroke-linejoin": this.lineJoin === "miter" ? undefined : this.lineJoin,
      "stroke-dasharray":
        this.dash.length > 0
          ? this.dash.map((each) => number(each * this.matrix.size)).join(" ")
          : undefined,
    };
  }

  private opacity(): string | undefined {
    return this.globalAlpha === 1 ? undefined : number(this.globalAlpha);
  }
}

const ANCHORS: Record<CanvasTextAlign, string> = {
  start: "start",
  left: "start",
  center: "middle",
  end: "end",
  right: "end",
};

/** Parts of a font such as `italic 500 12px Roboto, sans-serif`. */
function parseFont(font: string): { style: string; weight: string; size: string; family: string } {
  const found = /^(?:(italic|oblique)\s+)?(?:(\d+|bold|normal)\s+)?([\d.]+px)\s+(.+)$/.exec(font);
  return {
    style: found?.[1] ?? "",
    weight: found?.[2] ?? "400",
    size: found?.[3] ?? "10px",
    family: found?.[4] ?? "sans-serif",
  };
}
