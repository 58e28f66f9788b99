import { describe, expect, it } from "vitest";
import { SvgContext, type SvgHelpers, type SvgPage } from "./svg_context";

const ASCENT: Partial<Record<CanvasTextBaseline, number>> = { alphabetic: 10, middle: 6, top: 0 };
const helpers: SvgHelpers = {
  measure: (text, _font, baseline) => ({
    width: text.length * 6,
    fontBoundingBoxAscent: ASCENT[baseline] ?? 0,
  }),
  png: ({ from }) => `data:image/png;base64,${from.join("-")}`,
};

const PAGE: SvgPage = {
  millimetres: [85, 42.5],
  about: {
    title: "Head view: layer 1",
    caption: "Text: “a < b”",
    facts: { Run: "a&b", Step: "10" },
    source: "http://board/#step=10&x=1",
  },
};
/** Lines before and after what is drawn. */
const HEAD = 4;

function drawn(draw: (context: SvgContext) => void): string {
  const context = new SvgContext(helpers);
  draw(context);
  return context.text(100, 50, PAGE).split("\n").slice(HEAD, -2).join("\n");
}

describe("a context that writes SVG", () => {
  it("is a file of its size that says what it is of", () => {
    const lines = new SvgContext(helpers).text(100, 50.5, PAGE).split("\n");
    expect(lines.slice(0, HEAD - 1)).toEqual([
      '<svg xmlns="http://www.w3.org/2000/svg" width="85mm" height="42.5mm" viewBox="0 0 100 50.5">',
      "<title>Head view: layer 1</title>",
      "<desc>Text: “a &lt; b”</desc>",
    ]);
    const words = lines[HEAD - 1] ?? "";
    expect(words).toContain("<dc:title>Head view: layer 1</dc:title>");
    expect(words).toContain("<dc:description>Text: “a &lt; b”</dc:description>");
    expect(words).toContain("&quot;Run&quot;:&quot;a&amp;b&quot;");
    expect(words).toContain("<dc:source>http://board/#step=10&amp;x=1</dc:source>");
    expect(lines.slice(HEAD)).toEqual(["", "</svg>", ""]);
  });

  it("keeps text as text, on its baseline, with its font, in its width", () => {
    const text = drawn((context) => {
      context.font = "500 12px Roboto, sans-serif";
      context.textAlign = "right";
      context.textBaseline = "middle";
      context.fillStyle = "#123456";
      context.fillText("She", 40, 20);
    });
    expect(text).toBe(
      '<text xml:space="preserve" x="40" y="24" font-family="Roboto, sans-serif" font-size="12px" font-weight="500" ' +
        'text-anchor="end" textLength="18" lengthAdjust="spacingAndGlyphs" fill="#123456">She</text>',
    );
  });

  it("escapes hostile tokens and drops what XML forbids", () => {
    const text = drawn((context) =>
      context.fillText('<img src=x onerror="a">&\u0007\ud800\uffff', 0, 0),
    );
    expect(text).toContain(
      ">&lt;img src=x onerror=&quot;a&quot;&gt;&amp;\ufffd\ufffd\ufffd</text>",
    );
  });

  it("moves, turns and scales as a canvas does", () => {
    const text = drawn((context) => {
      context.translate(10, 20);
      context.scale(2, 2);
      context.save();
      context.rotate(Math.PI / 2);
      context.strokeRect(0, 0, 3, 1);
      context.fillText("a", 1, 2);
      context.restore();
      context.fillRect(1, 1, 2, 2);
    });
    expect(text).toContain(
      'd="M10 20L10 26L8 26L8 20Z" fill="none" stroke="#000000" stroke-width="2"',
    );
    expect(text).toContain('x="1" y="2" transform="matrix(0 2 -2 0 10 20)"');
    expect(text).toContain('d="M12 22L16 22L16 26L12 26Z"');
  });

  it("clips until the state before comes back, and closes what is left open", () => {
    const text = drawn((context) => {
      context.save();
      context.beginPath();
      context.rect(0, 0, 5, 5);
      context.clip();
      context.fillRect(0, 0, 9, 9);
      context.restore();
      context.globalAlpha = 0.5;
      context.fillRect(1, 1, 1, 1);
    });
    expect(text.split("\n")).toEqual([
      '<clipPath id="clip1"><path d="M0 0L5 0L5 5L0 5Z"/></clipPath>',
      '<g clip-path="url(#clip1)">',
      '<path d="M0 0L9 0L9 9L0 9Z" fill="#000000"/>',
      "</g>",
      '<path d="M1 1L2 1L2 2L1 2Z" fill="#000000" opacity="0.5"/>',
    ]);
    const open = drawn((context) => context.clip());
    expect(open.match(/<g /g)?.length).toBe(open.match(/<\/g>/g)?.length);
  });

  it("takes parts of images, sharp where smoothing is off", () => {
    const image = { width: 8, height: 4 } as OffscreenCanvas;
    const text = drawn((context) => {
      context.imageSmoothingEnabled = false;
      context.drawImage(image, 0, 2, 8, 1, 10, 20, 80, 10);
      context.drawImage(image, 1, 2);
    });
    expect(text).toContain('x="10" y="20" width="80" height="10"');
    expect(text).toContain("image-rendering:pixelated");
    expect(text).toContain("base64,0-2-8-1");
    expect(text).toContain('x="1" y="2" width="8" height="4"');
  });

  it("draws circles as curves that end where they began", () => {
    const path = /d="([^"]+)"/.exec(
      drawn((context) => {
        context.beginPath();
        context.arc(10, 10, 5, 0, 2 * Math.PI);
        context.fill();
      }),
    )?.[1];
    expect(path?.match(/C/g)?.length).toBe(4);
    expect(path?.startsWith("M15 10C")).toBe(true);
    expect(path?.endsWith(" 15 10")).toBe(true);
  });
});

const sources: Record<string, string> = import.meta.glob(
  ["../{draw,ui,views,shell}/**/*.{ts,tsx}", "./paint_*.ts"],
  {
    query: "?raw",
    import: "default",
    eager: true,
  },
);

/** Only ever called on canvases that the page keeps, or that are images for drawings. */
const ELSEWHERE = ["setTransform", "clearRect", "putImageData"];

it("has everything that a drawing uses", () => {
  const used = new Set(
    Object.values(sources).flatMap((code) =>
      [...code.matchAll(/\bcontext\.([a-zA-Z]+)/g)].map((found) => found[1] ?? ""),
    ),
  );
  const context = new SvgContext(helpers);
  expect(used.size).toBeGreaterThan(15);
  expect([...used].filter((name) => !(name in context) && !ELSEWHERE.includes(name))).toEqual([]);
});
