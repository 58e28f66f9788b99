/** What only the contact sheet chooses: how near one looks, where, and which heads are picked. */

import { signal } from "@preact/signals";
import { field } from "../../../state/field";
import { inAddress } from "../../../state/fields";
import type { HeadAddress } from "../../../state/selection";
import type { Point } from "./layout";

/** How much larger than everything fits; written once it rests. */
export const sheetZoom = signal(1);
/** What stands in the middle of the pane, as shares of the sheet. */
export const sheetMiddle = signal<Point>({ x: 0.5, y: 0.5 });
/** Heads that are picked for a figure, in the order of the model. */
export const picked = signal<readonly HeadAddress[]>([]);

const MOST_ZOOM = 1000;

inAddress(
  "sheet_zoom",
  field(
    sheetZoom,
    (value) => String(Number(value.toPrecision(4))),
    (text) => Math.max(1, Math.min(MOST_ZOOM, Number(text) || 1)),
  ),
);
inAddress("sheet_at", field(sheetMiddle, printPoint, parsePoint));
inAddress("picked", field(picked, printHeads, parseHeads));

function printPoint({ x, y }: Point): string {
  return `${Number(x.toFixed(4))}_${Number(y.toFixed(4))}`;
}

function parsePoint(text: string): Point {
  const [x, y] = text.split("_").map((part) => Math.max(0, Math.min(1, Number(part))));
  return { x: x || 0, y: y || 0 };
}

function printHeads(all: readonly HeadAddress[]): string {
  return all.map((each) => `${each.layer}.${each.head}`).join("_");
}

function parseHeads(text: string): readonly HeadAddress[] {
  return text.split("_").flatMap((each) => {
    const found = /^(\d{1,6})\.(\d{1,6})$/.exec(each);
    return found ? [{ layer: Number(found[1]), head: Number(found[2]) }] : [];
  });
}

export function isPicked({ layer, head }: HeadAddress): boolean {
  return picked.value.some((each) => each.layer === layer && each.head === head);
}

/** Adds heads; where all of them are picked already they are let go. */
export function togglePicked(heads: readonly HeadAddress[]): void {
  const all = heads.every(isPicked);
  const others = picked.value.filter(
    (each) => !heads.some((head) => head.layer === each.layer && head.head === each.head),
  );
  const next = all ? others : [...others, ...heads];
  picked.value = next.sort((a, b) => a.layer - b.layer || a.head - b.head);
}
