/** A drawing context that writes SVG. Text stays text. */

import { type About, SOFTWARE } from "./about";
import {
  type ImagePart,
  type Measure,
  type Paint,
  type TextRun,
  VectorContext,
} from "./vector_context";
import { attributes, escapeXml, number } from "./xml";

/** What only a page can do. */
export interface SvgHelpers {
  readonly measure: Measure;
  /** A part of an image as a data: address. */
  readonly png: (part: ImagePart) => string;
}

/** Size of the file in millimetres, and what it is of. */
export interface SvgPage {
  readonly millimetres: readonly [width: number, height: number];
  readonly about: About;
}

export class SvgContext extends VectorContext {
  private readonly parts: string[] = [];
  private ids = 0;

  constructor(private readonly helpers: SvgHelpers) {
    super(helpers.measure);
  }

  /** The picture as a file, of `width` and `height` units of the plane. */
  text(width: number, height: number, { millimetres: [across, down], about }: SvgPage): string {
    const size = `width="${number(across)}mm" height="${number(down)}mm" viewBox="0 0 ${number(width)} ${number(height)}"`;
    const words = `<title>${escapeXml(about.title)}</title>\n<desc>${escapeXml(about.caption)}</desc>\n${metadata(about)}`;
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>\n${words}\n${this.parts.join("\n")}${"\n</g>".repeat(this.clips)}\n</svg>\n`;
  }

  group(opacity: number, draw: () => void): void {
    this.parts.push(`<g opacity="${number(opacity)}">`);
    draw();
    this.parts.push("</g>");
  }

  protected clipTo(path: string): void {
    const id = `clip${++this.ids}`;
    this.parts.push(
      `<clipPath id="${id}"><path d="${path}"/></clipPath>`,
      `<g clip-path="url(#${id})">`,
    );
  }

  protected unclip(): void {
    this.parts.push("</g>");
  }

  protected run({ text, x, y, anchor, width, font, fill, opacity }: TextRun): void {
    // Where Roboto is not installed another font, which may be wider, keeps to the same place.
    const stretched = [...text].length > 1;
    const place = this.matrix.translation
      ? { x: number(x + this.matrix.e), y: number(y + this.matrix.f) }
      : { x: number(x), y: number(y), transform: this.matrix.text() };
    const written = attributes({
      ...place,
      "font-family": font.family,
      "font-size": `${font.size}px`,
      "font-weight": font.weight === "400" ? undefined : font.weight,
      "font-style": font.style === "" ? undefined : font.style,
      "text-anchor": anchor === "start" ? undefined : anchor,
      textLength: stretched ? number(width) : undefined,
      lengthAdjust: stretched ? "spacingAndGlyphs" : undefined,
      fill,
      opacity: opacityText(opacity),
    });
    this.parts.push(`<text xml:space="preserve"${written}>${escapeXml(text)}</text>`);
  }

  protected part(image: ImagePart): void {
    const [x, y, width, height] = image.to;
    const written = attributes({
      x: number(x),
      y: number(y),
      width: number(width),
      height: number(height),
      transform: this.matrix.identity ? undefined : this.matrix.text(),
      preserveAspectRatio: "none",
      opacity: opacityText(image.opacity),
      style: image.smooth ? undefined : "image-rendering:pixelated",
      href: this.helpers.png(image),
    });
    this.parts.push(`<image${written}/>`);
  }

  protected shape(path: string, paint: Paint, opacity: number): void {
    const written = { ...painted(paint), opacity: opacityText(opacity) };
    this.parts.push(`<path d="${path}"${attributes(written)}/>`);
  }
}

function painted(paint: Paint): Readonly<Record<string, string | undefined>> {
  if ("fill" in paint) return { fill: paint.fill };
  return {
    fill: "none",
    stroke: paint.stroke,
    "stroke-width": number(paint.width),
    "stroke-linecap": paint.cap === "butt" ? undefined : paint.cap,
    "stroke-linejoin": paint.join === "miter" ? undefined : paint.join,
    "stroke-dasharray":
      paint.dash.length > 0 ? paint.dash.map((each) => number(each)).join(" ") : undefined,
  };
}

function opacityText(opacity: number): string | undefined {
  return opacity === 1 ? undefined : number(opacity);
}

const NAMES =
  'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:cc="http://creativecommons.org/ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"';

/** In the words of Dublin Core, which Inkscape shows and keeps. */
function metadata({ title, caption, facts, source }: About): string {
  const words = {
    title,
    description: caption,
    identifier: JSON.stringify(facts),
    source,
    format: "image/svg+xml",
    relation: SOFTWARE,
  };
  const lines = Object.entries(words).map(
    ([name, value]) => `<dc:${name}>${escapeXml(value)}</dc:${name}>`,
  );
  return `<metadata><rdf:RDF ${NAMES}><cc:Work rdf:about="">${lines.join("")}</cc:Work></rdf:RDF></metadata>`;
}
