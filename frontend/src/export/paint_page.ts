/**
 * Paints a part of the page into a drawing context: boxes, text as it stands in its lines, and
 * canvases drawn anew.
 */

import { untracked } from "@preact/signals";
import { paintCanvas } from "../draw/Canvas";
import { paintBox } from "./paint_box";
import { paintChoice, paintText, textsFrom } from "./paint_text";

type Context = CanvasRenderingContext2D;

/** What only a person at the page can use, and what is there for screen readers alone. */
const CONTROLS =
  "input, textarea, fieldset, button.button, button.segment, label:has(select, input), svg, [data-export='off']";

/** Has `draw` draw a whole that is then laid, faded to `alpha`, on what is there. */
export type Fade = (
  alpha: number,
  width: number,
  height: number,
  draw: (context: Context) => void,
) => void;

/** Paints `root` and all in it, with the upper left corner of `root` at 0, 0. */
export function paintPage(context: Context, root: HTMLElement, fade: Fade): void {
  const { left, top } = root.getBoundingClientRect();
  context.save();
  context.translate(-left, -top);
  untracked(() => new Painter(context, fade).paint(root, 1));
  context.restore();
}

class Painter {
  constructor(
    private readonly context: Context,
    private readonly fade: Fade,
  ) {}

  paint(element: HTMLElement, opacity: number): void {
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const alpha = opacity * Number(style.opacity);
    if (
      style.display === "none" ||
      style.visibility === "hidden" ||
      alpha === 0 ||
      isForReaders(style, box)
    )
      return;
    if (element.matches(CONTROLS)) return;
    const { context } = this;
    context.globalAlpha = alpha;
    paintBox(context, style, box);
    if (element instanceof HTMLSelectElement) paintChoice(context, element, style, box);
    else if (element instanceof HTMLCanvasElement) this.canvas(element, box, alpha);
    else if (style.overflowX === "visible" && style.overflowY === "visible")
      this.children(element, style, box, alpha);
    else within(context, box, () => this.children(element, style, box, alpha));
  }

  private children(
    element: HTMLElement,
    style: CSSStyleDeclaration,
    box: DOMRect,
    alpha: number,
  ): void {
    for (const child of element.childNodes) {
      this.context.globalAlpha = alpha;
      if (child instanceof HTMLElement) this.paint(child, alpha);
      else if (child instanceof Text && !(child.previousSibling instanceof Text))
        paintText(this.context, textsFrom(child), style, box);
    }
  }

  private canvas(canvas: HTMLCanvasElement, box: DOMRect, alpha: number): void {
    within(this.context, box, () => {
      this.context.translate(box.left, box.top);
      if (alpha === 1) paintCanvas(canvas, this.context);
      else this.fade(alpha, box.width, box.height, (context) => paintCanvas(canvas, context));
    });
  }
}

/** Draws what does not reach out of `box`. */
function within(context: Context, box: DOMRect, draw: () => void): void {
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.width, box.height);
  context.clip();
  draw();
  context.restore();
}

/** Text that only screen readers see is cut to nothing. */
function isForReaders(style: CSSStyleDeclaration, box: DOMRect): boolean {
  return (
    style.clipPath !== "none" ||
    (style.overflowX !== "visible" && (box.width <= 1 || box.height <= 1))
  );
}
