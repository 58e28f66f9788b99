/** Paints a piece of text of the page, line by line, where the browser has put it. */

import { fitText, widthIn } from "../draw/text";
import { isClear } from "./paint_box";

type Context = CanvasRenderingContext2D;

interface Line {
  readonly text: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
}

/**
 * A sentence that was put together from several texts, which stand side by side in the page: painted
 * one by one they would part, or touch, in another font.
 */
export function textsFrom(first: Text): readonly Text[] {
  const next = first.nextSibling;
  return next instanceof Text ? [first, ...textsFrom(next)] : [first];
}

/** `style` and `box` are those of the element around the text. */
export function paintText(
  context: Context,
  nodes: readonly Text[],
  style: CSSStyleDeclaration,
  box: DOMRect,
): void {
  if (dataOf(nodes).trim() === "" || isClear(style.color)) return;
  const keepsSpaces = style.whiteSpace.startsWith("pre");
  setFont(context, style);
  for (const line of linesOf(nodes)) {
    const text = transformed(
      keepsSpaces ? line.text : line.text.replace(/\s+/g, " ").trimEnd(),
      style.textTransform,
    );
    const end = box.right - (Number.parseFloat(style.paddingRight) || 0);
    const shown =
      style.textOverflow === "ellipsis" && line.right > end + 1
        ? fitText(text, end - line.left, widthIn(context))
        : text;
    context.fillText(shown, line.left, line.top + context.measureText(shown).fontBoundingBoxAscent);
  }
}

/** What is chosen in a list: what the picture shows depends on it. */
export function paintChoice(
  context: Context,
  list: HTMLSelectElement,
  style: CSSStyleDeclaration,
  box: DOMRect,
): void {
  setFont(context, style);
  context.textBaseline = "middle";
  const text = list.selectedOptions[0]?.textContent ?? "";
  const [before, after] = [style.paddingLeft, style.paddingRight].map(
    (each) => Number.parseFloat(each) || 0,
  ) as [number, number];
  context.fillText(text, box.left + before, box.top + box.height / 2, box.width - before - after);
}

function setFont(context: Context, style: CSSStyleDeclaration): void {
  context.font = `${style.fontStyle === "normal" ? "" : `${style.fontStyle} `}${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  context.fillStyle = style.color;
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  context.direction = "ltr";
}

function transformed(text: string, how: string): string {
  return how === "uppercase" ? text.toUpperCase() : text;
}

/** The text in the lines into which the browser has broken it. */
function linesOf(nodes: readonly Text[]): readonly Line[] {
  const data = dataOf(nodes);
  const range = document.createRange();
  range.setStartBefore(nodes[0] as Text);
  range.setEndAfter(nodes[nodes.length - 1] as Text);
  const whole = range.getBoundingClientRect();
  const isOneLine = [...range.getClientRects()].every((each) => each.top - whole.top <= 2);
  if (isOneLine && !/^\s/.test(data)) {
    return whole.width > 0
      ? [{ text: data, left: whole.left, top: whole.top, right: whole.right }]
      : [];
  }
  const lines: Line[] = [];
  let [at, start] = [0, 0];
  let now: DOMRect | null = null;
  for (const [node, offset, character] of charactersOf(nodes)) {
    range.setStart(node, offset);
    range.setEnd(node, offset + character.length);
    const box = range.getBoundingClientRect();
    if (box.width > 0) {
      if (now !== null && Math.abs(box.top - now.top) > 2) {
        lines.push({
          text: data.slice(start, at),
          left: now.left,
          top: now.top,
          right: now.right,
        });
        now = null;
      }
      if (now === null) start = at;
      now =
        now === null
          ? box
          : new DOMRect(
              Math.min(now.left, box.left),
              now.top,
              Math.max(now.right, box.right) - Math.min(now.left, box.left),
              now.height,
            );
    }
    at += character.length;
  }
  if (now !== null)
    lines.push({ text: data.slice(start), left: now.left, top: now.top, right: now.right });
  return lines;
}

function dataOf(nodes: readonly Text[]): string {
  return nodes.map((each) => each.data).join("");
}

/** Each character, in which text and where in it. */
function* charactersOf(nodes: readonly Text[]): Generator<readonly [Text, number, string]> {
  for (const node of nodes) {
    let offset = 0;
    for (const character of node.data) {
      yield [node, offset, character];
      offset += character.length;
    }
  }
}
