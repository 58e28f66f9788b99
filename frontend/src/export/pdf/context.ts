/** A drawing context that writes a PDF of one page. Text is text, in fonts that the file holds. */

import { type About, entriesOf } from "../about";
import {
  type ImagePart,
  type Measure,
  type Paint,
  type TextRun,
  VectorContext,
} from "../vector_context";
import { numbers, PdfFile, textOf } from "./file";
import type { PdfFont } from "./font";
import { planesOf } from "./image_planes";
import { pathOf } from "./path";
import { segmentsOf } from "./segments";

/** Red, green and blue from 0 to 1, and how much covers what is below. */
export type Colour = readonly [red: number, green: number, blue: number, alpha: number];

/** RGBA in rows, 4 bytes a pixel. */
export interface Pixels {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** What only a page can do. */
export interface PdfHelpers {
  readonly measure: Measure;
  readonly colour: (css: string) => Colour;
  readonly pixels: (part: ImagePart) => Pixels;
  /**
   * A text that the fonts have no characters for, as the page shows it, and where it reaches:
   * from the start of its baseline.
   */
  readonly picture: (text: string, font: string, fill: string) => Pixels & Reach;
  /** By weight, as CSS has it. */
  readonly fonts: ReadonlyMap<number, PdfFont>;
}

export interface Reach {
  readonly left: number;
  readonly top: number;
  readonly across: number;
  readonly down: number;
}

const POINTS_PER_MILLIMETRE = 72 / 25.4;
/** How far slanted letters lean where a font has none. */
const SLANT = 0.2;

export class PdfContext extends VectorContext {
  private readonly file = new PdfFile();
  private readonly resources = this.file.reserve();
  private readonly objects = new Map<string, string>();
  private readonly alphas = new Map<string, string>();
  private readonly fonts = new Map<PdfFont, string>();
  private content: string[] = [];

  constructor(private readonly helpers: PdfHelpers) {
    super(helpers.measure);
  }

  /** The file, of `width` and `height` units of the plane. */
  async blob(
    width: number,
    height: number,
    millimetresPerUnit: number,
    about: About,
  ): Promise<Blob> {
    const { file } = this;
    const points = millimetresPerUnit * POINTS_PER_MILLIMETRE;
    // The plane of a PDF begins at the lower left corner.
    const start = `${numbers(points, 0, 0, -points, 0, height * points)} cm`;
    const content = file.add("", encode([start, ...this.content, ..."Q".repeat(this.clips)]));
    const fonts = [...this.fonts].map(([font, name]) => `${name} ${font.write(file)}`);
    const named = (map: ReadonlyMap<string, string>): string =>
      [...map].map(([words, name]) => `${name} ${words}`).join(" ");
    file.put(
      this.resources,
      `<< /Font << ${fonts.join(" ")} >> /XObject << ${named(this.objects)} >> /ExtGState << ${named(this.alphas)} >> >>`,
    );
    const pages = file.reserve();
    const box = numbers(0, 0, width * points, height * points);
    const page = file.add(
      `<< /Type /Page /Parent ${pages} /MediaBox [${box}] /Resources ${this.resources} /Contents ${content} /Group << /S /Transparency /CS /DeviceRGB >> >>`,
    );
    file.put(pages, `<< /Type /Pages /Kids [${page}] /Count 1 >>`);
    const info = file.add(`<< ${infoOf(about)} >>`);
    return file.bytes(file.add(`<< /Type /Catalog /Pages ${pages} >>`), info);
  }

  group(opacity: number, draw: () => void): void {
    const outside = this.content;
    this.content = [];
    draw();
    const drawn = encode(this.content);
    this.content = outside;
    const form = this.file.add(
      `/Type /XObject /Subtype /Form /BBox [-10000 -10000 100000 100000] /Resources ${this.resources} /Group << /S /Transparency >>`,
      drawn,
    );
    this.content.push(`q ${this.alpha(opacity)} ${this.object(form)} Do Q`);
  }

  protected clipTo(path: string): void {
    this.content.push(`q ${pathOf(path)} W n`);
  }

  protected unclip(): void {
    this.content.push("Q");
  }

  protected shape(path: string, paint: Paint, opacity: number): void {
    const [red, green, blue, alpha] = this.helpers.colour(
      "fill" in paint ? paint.fill : paint.stroke,
    );
    const state = this.alpha(alpha * opacity);
    const colour = numbers(red, green, blue);
    if ("fill" in paint) this.content.push(`${state} ${colour} rg ${pathOf(path)} f`);
    else {
      const line = `${numbers(paint.width)} w ${CAPS[paint.cap]} J ${JOINS[paint.join]} j [${numbers(...paint.dash)}] 0 d`;
      this.content.push(`${state} ${colour} RG ${line} ${pathOf(path)} S`);
    }
  }

  protected run(run: TextRun): void {
    const { text, width, anchor, css } = run;
    const font = this.fontOf(run.font.weight);
    let x = run.x - (anchor === "start" ? 0 : anchor === "end" ? width : width / 2);
    const measured = (part: string): number => this.helpers.measure(part, css, "alphabetic").width;
    const squeezed = width / (measured(text) || 1);
    for (const { part, known } of segmentsOf(text, (each) => font.has(each))) {
      const room = measured(part) * squeezed;
      if (known) this.letters(part, font, x, room, run);
      else this.pictured(part, x, squeezed, run);
      x += room;
    }
  }

  protected part(image: ImagePart): void {
    const [x, y, width, height] = image.to;
    this.draw(this.helpers.pixels(image), x, y, width, height, image.opacity);
  }

  private letters(text: string, font: PdfFont, x: number, room: number, run: TextRun): void {
    const { glyphs, width } = font.set(text);
    const { size, style } = run.font;
    // The page moves some letters nearer to each other: the whole keeps to its width.
    const stretch = width === 0 ? 100 : (100 * room) / (width * size);
    const { a, b, c, d } = this.matrix;
    const lean = style === "" ? 0 : SLANT;
    const place = this.matrix.apply(x, run.y);
    const set = numbers(a, b, lean * a - c, lean * b - d, place.x, place.y);
    const [red, green, blue, alpha] = this.helpers.colour(run.fill);
    this.content.push(
      `${this.alpha(alpha * run.opacity)} ${numbers(red, green, blue)} rg BT ${this.fontName(font)} ${numbers(size)} Tf ${numbers(stretch)} Tz ${set} Tm ${glyphs} Tj ET`,
    );
  }

  private pictured(text: string, x: number, squeezed: number, run: TextRun): void {
    const picture = this.helpers.picture(text, run.css, run.fill);
    if (picture.width === 0 || picture.height === 0) return;
    this.content.push(`/Span << /ActualText ${textOf(text)} >> BDC`);
    const { left, top, across, down } = picture;
    const from = x + left * squeezed;
    this.draw(picture, from, run.y + top, across * squeezed, down, run.opacity);
    this.content.push("EMC");
  }

  private draw(
    pixels: Pixels,
    x: number,
    y: number,
    width: number,
    height: number,
    opacity: number,
  ): void {
    const { a, b, c, d } = this.matrix;
    const corner = this.matrix.apply(x, y + height);
    const place = numbers(a * width, b * width, -c * height, -d * height, corner.x, corner.y);
    this.content.push(
      `q ${this.alpha(opacity)} ${place} cm ${this.object(this.image(pixels))} Do Q`,
    );
  }

  private image({ data, width, height }: Pixels): string {
    const { colours, alphas, isOpaque } = planesOf(data, width);
    const size = `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /BitsPerComponent 8`;
    const mask = isOpaque
      ? ""
      : `/SMask ${this.file.add(`${size} /ColorSpace /DeviceGray`, alphas)}`;
    return this.file.add(`${size} /ColorSpace /DeviceRGB ${mask}`, colours);
  }

  private object(reference: string): string {
    return nameIn(this.objects, reference, "/X");
  }

  private alpha(opacity: number): string {
    const value = numbers(opacity);
    return `${nameIn(this.alphas, `<< /ca ${value} /CA ${value} >>`, "/A")} gs`;
  }

  private fontName(font: PdfFont): string {
    return nameIn(this.fonts, font, "/F");
  }

  private fontOf(weight: string): PdfFont {
    const wanted = weight === "bold" ? 700 : Number(weight) || 400;
    const [nearest] = [...this.helpers.fonts].sort(
      ([one], [other]) => Math.abs(one - wanted) - Math.abs(other - wanted),
    );
    if (!nearest) throw new Error("The fonts of the page are not there.");
    return nearest[1];
  }
}

const CAPS: Record<CanvasLineCap, number> = { butt: 0, round: 1, square: 2 };
const JOINS: Record<CanvasLineJoin, number> = { miter: 0, round: 1, bevel: 2 };

/** Names that the format has for what a file is of; others stand beside them as they are. */
const INFO: Readonly<Record<string, string>> = { Description: "Subject", Software: "Creator" };

function infoOf(about: About): string {
  return entriesOf(about)
    .map(([name, value]) => `/${INFO[name] ?? name} ${textOf(value)}`)
    .join(" ");
}

function nameIn<T>(names: Map<T, string>, of: T, prefix: string): string {
  const name = names.get(of) ?? `${prefix}${names.size}`;
  names.set(of, name);
  return name;
}

function encode(lines: readonly string[]): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(lines.join("\n"));
}
