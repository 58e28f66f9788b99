import { expect, it } from "vitest";
import { paintBox } from "./paint_box";
import { SvgContext } from "./svg_context";

const PAGE = {
  millimetres: [85, 42.5],
  about: { title: "", caption: "", facts: {}, source: "" },
} as const;

/** The colours of what is filled and stroked of a box with this background. */
function painted(backgroundImage: string, backgroundColor = "rgba(0, 0, 0, 0)"): string[] {
  const context = new SvgContext({
    measure: () => ({ width: 0, fontBoundingBoxAscent: 0 }),
    png: () => "",
  });
  const style = {
    backgroundImage,
    backgroundColor,
    borderTopStyle: "none",
    borderRightStyle: "none",
    borderBottomStyle: "none",
    borderLeftStyle: "none",
  } as unknown as CSSStyleDeclaration;
  const box = { left: 2, top: 3, right: 16, bottom: 13, width: 14, height: 10 } as DOMRect;
  paintBox(context as unknown as CanvasRenderingContext2D, style, box);
  const drawn = context.text(20, 20, PAGE);
  return [...drawn.matchAll(/(?:fill|stroke)="((?!none)[^"]+)"/g)].map(
    ([, colour]) => colour ?? "",
  );
}

it("paints strokes as CSS does, so that masked is not the ground in a legend", () => {
  const hatched = painted(
    "repeating-linear-gradient(-45deg, rgb(1, 2, 3) 0px, rgb(1, 2, 3) 1px, rgb(4, 5, 6) 1px, rgb(4, 5, 6) 4px)",
  );
  expect(hatched).toEqual(["rgb(4, 5, 6)", "rgb(1, 2, 3)"]);
});

it("leaves a box without a background alone", () => {
  expect(painted("none")).toEqual([]);
  expect(painted("none", "rgb(4, 5, 6)")).toEqual(["rgb(4, 5, 6)"]);
});
