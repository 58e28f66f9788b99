import { beforeAll, describe, expect, it } from "vitest";
import type { About } from "../about";
import { PdfContext, type PdfHelpers } from "./context";
import { through } from "./file";
import { PdfFont } from "./font";

const ABOUT: About = {
  title: "Head view",
  caption: "Text: “äß 漢”",
  facts: { Run: "a", Step: "10" },
  source: "http://board/",
};

/** As a data URL. */
const files: Record<string, string> = import.meta.glob(
  "../../../node_modules/@fontsource/roboto/files/roboto-latin-400-normal.woff",
  { query: "?url&inline", import: "default", eager: true },
);

let helpers: PdfHelpers;
beforeAll(async () => {
  const base64 = Object.values(files)[0]?.split(",")[1] ?? "";
  const { buffer } = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const font = await PdfFont.read("Roboto-Regular", buffer);
  helpers = {
    measure: (text) => ({ width: 6 * text.length, fontBoundingBoxAscent: 10 }),
    colour: (css) => (css === "#ff0000" ? [1, 0, 0, 1] : [0, 0, 0, css === "clear" ? 0.5 : 1]),
    pixels: () => ({
      data: new Uint8ClampedArray([1, 2, 3, 255, 4, 5, 6, 0]),
      width: 2,
      height: 1,
    }),
    picture: (text) => ({
      data: new Uint8ClampedArray(4 * text.length),
      ...{ width: text.length, height: 1, left: 1, top: -8, across: 5, down: 9 },
    }),
    fonts: new Map([[400, font]]),
  };
});

/** The file as text, streams unpacked. */
async function written(draw: (context: PdfContext) => void): Promise<string> {
  const context = new PdfContext(helpers);
  draw(context);
  const blob = await context.blob(100, 50, 25.4 / 72, ABOUT);
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const latin = new TextDecoder("latin1").decode(bytes);
  let [text, last] = ["", 0];
  for (const found of latin.matchAll(/\/Length (\d+) >>\nstream\n/g)) {
    const start = found.index + found[0].length;
    const packed = bytes.slice(start, start + Number(found[1]));
    const stream = await through(packed, new DecompressionStream("deflate"));
    text += latin.slice(last, start) + new TextDecoder("latin1").decode(stream);
    last = start + packed.length;
  }
  return text + latin.slice(last);
}

describe("a context that writes PDF", () => {
  it("is a file whose table says where its objects are", async () => {
    const blob = await new PdfContext(helpers).blob(100, 50, 25.4 / 72, ABOUT);
    const text = new TextDecoder("latin1").decode(await blob.arrayBuffer());
    const table = text.slice(Number(/startxref\n(\d+)/.exec(text)?.[1]));
    const places = [...table.matchAll(/^(\d{10}) 00000 n $/gm)].map((found) => Number(found[1]));
    expect(places.length).toBeGreaterThan(4);
    for (const [at, place] of places.entries())
      expect(text.slice(place, place + 10)).toContain(`${at + 1} 0 obj`);
    expect(text).toContain("/MediaBox [0 0 100 50]");
    expect(text).toContain("/Title <FEFF004800650061006400200076006900650077>");
    expect(text).toContain("/Subject <FEFF0054006500780074003A0020201C00E400DF00206F22201D>");
    expect(text).toContain("/Run <FEFF0061>");
  });

  it("draws shapes with their colours, faded as they are", async () => {
    const text = await written((context) => {
      context.fillStyle = "#ff0000";
      context.fillRect(1, 2, 3, 4);
      context.strokeStyle = "clear";
      context.globalAlpha = 0.5;
      context.setLineDash([4, 3]);
      context.scale(2, 2);
      context.strokeRect(0, 0, 1, 1);
    });
    expect(text).toContain("1 0 0 rg 1 2 m\n4 2 l\n4 6 l\n1 6 l\nh f");
    expect(text).toContain("0 0 0 RG 2 w 0 J 0 j [8 6] 0 d 0 0 m\n2 0 l\n2 2 l\n0 2 l\nh S");
    expect(text).toContain("<< /ca 0.25 /CA 0.25 >>");
  });

  it("clips until what was saved comes back", async () => {
    const text = await written((context) => {
      context.save();
      context.beginPath();
      context.rect(0, 0, 5, 5);
      context.clip();
      context.fillRect(0, 0, 9, 9);
      context.restore();
    });
    expect(text).toMatch(/q 0 0 m\n5 0 l\n5 5 l\n0 5 l\nh W n\n.+\n9 0 l\n9 9 l\n0 9 l\nh f\nQ\n/);
  });

  it("sets text in a font that it holds, in the width that it has on the page", async () => {
    const text = await written((context) => {
      context.font = "400 10px Roboto, sans-serif";
      context.textAlign = "right";
      context.fillText("Ab", 40, 20);
    });
    // Two glyphs, beginning 12 units before 40; the plane is upside down.
    expect(text).toMatch(/BT \/F0 10 Tf [\d.]+ Tz 1 0 0 -1 28 20 Tm <[0-9A-F]{8}> Tj ET/);
    expect(text).toContain("/FontFile2");
    expect(text).toMatch(/<[0-9A-F]{4}> <0041>\n<[0-9A-F]{4}> <0062>/);
    expect(text).toContain("glyf");
  });

  it("draws letters that no font has as pictures, with the text behind them", async () => {
    const text = await written((context) => {
      context.font = "10px Roboto";
      context.fillText("a漢", 0, 10);
    });
    expect(text).toContain("/Span << /ActualText <FEFF6F22> >> BDC");
    // After one letter of 6 units and 1 of its own, 8 above the baseline and 9 high.
    expect(text).toMatch(/5 0 0 -9 7 11 cm \/X0 Do Q\nEMC/);
    expect(text).toContain("/SMask");
  });

  it("fades what belongs together as a whole", async () => {
    const text = await written((context) =>
      context.group(0.3, () => {
        context.fillRect(0, 0, 1, 1);
        context.fillRect(0, 0, 2, 2);
      }),
    );
    expect(text).toContain("/Subtype /Form");
    expect(text).toContain("<< /ca 0.3 /CA 0.3 >>");
    expect(text).toMatch(/q \/A\d gs \/X0 Do Q/);
  });
});
