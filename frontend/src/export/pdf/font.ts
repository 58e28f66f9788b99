/** A font of the page (WOFF) in a PDF: which characters it has, how wide they are, and its outlines. */

import { hex, type PdfFile, type Reference, through } from "./file";

/** Tables that say what characters look like; the others say how they are chosen and set. */
const OUTLINES = ["glyf", "head", "hhea", "hmtx", "loca", "maxp"] as const;
/** Widths and heights in a PDF are thousandths of the size. */
const THOUSAND = 1000;

type Tables = ReadonlyMap<string, DataView<ArrayBuffer>>;

export class PdfFont {
  private readonly glyphs: ReadonlyMap<number, number>;
  private readonly unitsPerEm: number;
  private readonly used = new Map<number, number>();

  private constructor(
    readonly name: string,
    private readonly tables: Tables,
  ) {
    this.glyphs = glyphsOf(this.table("cmap"));
    this.unitsPerEm = this.table("head").getUint16(18);
  }

  static async read(name: string, woff: ArrayBuffer): Promise<PdfFont> {
    const view = new DataView(woff);
    if (view.getUint32(0) !== 0x774f4646) throw new Error(`The font ${name} is no WOFF file.`);
    const tables = new Map<string, DataView<ArrayBuffer>>();
    for (let entry = 0; entry < view.getUint16(12); entry++) {
      const at = 44 + 20 * entry;
      const tag = String.fromCharCode(...new Uint8Array(woff, at, 4));
      const [offset, packed, size] = [4, 8, 12].map((field) => view.getUint32(at + field));
      const bytes = new Uint8Array(woff, offset, packed);
      const whole =
        packed === size ? bytes : await through(bytes, new DecompressionStream("deflate"));
      tables.set(tag, new DataView(whole.slice().buffer));
    }
    return new PdfFont(name, tables);
  }

  has(character: string): boolean {
    return this.glyphs.has(character.codePointAt(0) ?? 0);
  }

  /** `text` as glyphs, and its width at size 1. */
  set(text: string): { readonly glyphs: string; readonly width: number } {
    let [glyphs, width] = ["", 0];
    for (const character of text) {
      const code = character.codePointAt(0) ?? 0;
      const glyph = this.glyphs.get(code) ?? 0;
      this.used.set(glyph, code);
      glyphs += hex(glyph, 4);
      width += this.advance(glyph);
    }
    return { glyphs: `<${glyphs}>`, width: width / THOUSAND };
  }

  /** Writes the font with what a reader must know of the characters that were set. */
  write(file: PdfFile): Reference {
    const glyphs = [...this.used.keys()].sort((a, b) => a - b);
    const outlines = sfnt(this.tables);
    const head = this.table("head");
    const box = [36, 38, 40, 42].map((at) => this.scaled(head.getInt16(at)));
    const [ascent, descent] = [4, 6].map((at) => this.scaled(this.table("hhea").getInt16(at)));
    const data = file.add(`/Length1 ${outlines.length}`, outlines);
    const descriptor = file.add(
      `<< /Type /FontDescriptor /FontName /${this.name} /Flags 32 /FontBBox [${box.join(" ")}] /ItalicAngle 0 /Ascent ${ascent} /Descent ${descent} /CapHeight ${ascent} /StemV 80 /FontFile2 ${data} >>`,
    );
    const widths = glyphs.map((glyph) => `${glyph} [${this.advance(glyph)}]`).join(" ");
    const outline = file.add(
      `<< /Type /Font /Subtype /CIDFontType2 /BaseFont /${this.name} /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor ${descriptor} /CIDToGIDMap /Identity /W [${widths}] >>`,
    );
    const unicode = file.add("", new TextEncoder().encode(this.unicode(glyphs)));
    return file.add(
      `<< /Type /Font /Subtype /Type0 /BaseFont /${this.name} /Encoding /Identity-H /DescendantFonts [${outline}] /ToUnicode ${unicode} >>`,
    );
  }

  /** Which characters glyphs stand for, so that text is found and copied. */
  private unicode(glyphs: readonly number[]): string {
    const lines = glyphs.map((glyph) => {
      const text = String.fromCodePoint(this.used.get(glyph) ?? 0xfffd);
      const units = Array.from({ length: text.length }, (_, at) => hex(text.charCodeAt(at), 4));
      return `<${hex(glyph, 4)}> <${units.join("")}>`;
    });
    const blocks: string[] = [];
    // No more than 100 at once: so the format has it.
    for (let at = 0; at < lines.length; at += 100) {
      const block = lines.slice(at, at + 100);
      blocks.push(`${block.length} beginbfchar\n${block.join("\n")}\nendbfchar`);
    }
    return `/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CMapName /Adobe-Identity-UCS def /CMapType 2 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
${blocks.join("\n")}
endcmap CMapName currentdict /CMap defineresource pop end end`;
  }

  private advance(glyph: number): number {
    const last = this.table("hhea").getUint16(34) - 1;
    return this.scaled(this.table("hmtx").getUint16(4 * Math.min(glyph, last)));
  }

  private scaled(units: number): number {
    return Math.round((units * THOUSAND) / this.unitsPerEm);
  }

  private table(tag: string): DataView<ArrayBuffer> {
    const found = this.tables.get(tag);
    if (!found) throw new Error(`The font ${this.name} has no table ${tag}.`);
    return found;
  }
}

/** Character -> glyph, from the part of `cmap` that has the characters up to U+FFFF (format 4). */
function glyphsOf(cmap: DataView): ReadonlyMap<number, number> {
  const starts = Array.from({ length: cmap.getUint16(2) }, (_, at) => cmap.getUint32(8 + 8 * at));
  const start = starts.find((each) => cmap.getUint16(each) === 4);
  const glyphs = new Map<number, number>();
  if (start === undefined) return glyphs;
  const size = cmap.getUint16(start + 6);
  for (let at = start + 14; at < start + 14 + size; at += 2) {
    const [end, first, delta, range] = [0, size + 2, 2 * size + 2, 3 * size + 2].map((field) =>
      cmap.getUint16(at + field),
    ) as [number, number, number, number];
    for (let code = first; code <= end && code < 0xffff; code++) {
      const place = at + 3 * size + 2 + range + 2 * (code - first);
      const raw = range === 0 ? code : cmap.getUint16(place);
      const glyph = raw === 0 ? 0 : (raw + delta) & 0xffff;
      if (glyph !== 0) glyphs.set(code, glyph);
    }
  }
  return glyphs;
}

/** A TrueType file with the outlines alone. */
function sfnt(tables: Tables): Uint8Array<ArrayBuffer> {
  const kept = OUTLINES.flatMap((tag) => {
    const table = tables.get(tag);
    return table ? [{ tag, table }] : [];
  });
  const padded = kept.map(({ table }) => Math.ceil(table.byteLength / 4) * 4);
  const start = 12 + 16 * kept.length;
  const whole = new Uint8Array(start + padded.reduce((sum, each) => sum + each, 0));
  const view = new DataView(whole.buffer);
  view.setUint32(0, 0x00010000);
  view.setUint16(4, kept.length);
  const power = 2 ** Math.floor(Math.log2(kept.length));
  view.setUint16(6, power * 16);
  view.setUint16(8, Math.log2(power));
  view.setUint16(10, (kept.length - power) * 16);
  let offset = start;
  for (const [at, { tag, table }] of kept.entries()) {
    whole.set(new TextEncoder().encode(tag), 12 + 16 * at);
    whole.set(new Uint8Array(table.buffer), offset);
    const size = padded[at] ?? 0;
    view.setUint32(16 + 16 * at, sum(view, offset, size));
    view.setUint32(20 + 16 * at, offset);
    view.setUint32(24 + 16 * at, table.byteLength);
    offset += size;
  }
  return whole;
}

function sum(view: DataView, offset: number, size: number): number {
  let total = 0;
  for (let at = offset; at < offset + size; at += 4) total = (total + view.getUint32(at)) >>> 0;
  return total;
}
