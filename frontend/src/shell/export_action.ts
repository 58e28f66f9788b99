/** What the menu Export does: one action at a time, and a sentence about how it went. */

import { signal } from "@preact/signals";
import { csvParts } from "../export/csv";
import { asFigure, drawingsOf, wordsOf } from "../export/figure";
import { fileName } from "../export/file_name";
import { type Picture, pdfOf, pngOf, svgOf } from "../export/picture";
import { saveFile } from "../export/save";
import type { Table } from "../export/table";
import { onceExact } from "../state/exact";
import { host } from "../state/host";
import { makePage } from "../state/page_file";
import type { DrawnView } from "../views/view";
import { aboutView } from "./about_view";
import { copyText } from "./copy";
import { chosenFigure, figurePart } from "./figure_choice";
import { fileParts } from "./file_parts";

/** What is going on, or how it went; "" for nothing. */
export const exportNote = signal("");
export const exporting = signal(false);

/** How long a sentence stays, in milliseconds. */
const STAY = 6000;
let clearing: ReturnType<typeof setTimeout> | undefined;

export type FigureKind = "png" | "svg" | "pdf";

const MAKERS: Readonly<Record<FigureKind, (picture: Picture) => Promise<Blob>>> = {
  png: pngOf,
  svg: async (picture) => svgOf(picture),
  pdf: pdfOf,
};

export function exportFigure(view: DrawnView, kind: FigureKind): Promise<void> {
  return act("Drawing the picture", async () => {
    const root = viewRoot();
    const { drawings, look, millimetresPerPixel } = chosenFigure(root);
    if (drawings.length === 0) throw new Error("there is no picture yet.");
    const alone = drawingsOf(root).get(figurePart.peek());
    const words = alone ? wordsOf(alone) : "";
    const file = await asFigure(root, drawings, look, (whole) =>
      MAKERS[kind]({ root, about: aboutView(view, words, whole), millimetresPerPixel }),
    );
    return save(file, fileParts(view, alone ? figurePart.peek() : ""), kind);
  });
}

export function exportCsv(view: DrawnView, listed: Table): Promise<void> {
  return act("Writing the table", async () => {
    const table = listed.exact ? listed : await onceExact(() => exactTable(view, listed.name));
    const parts: Blob[] = [];
    await csvParts(table, async (part, done) => {
      // As bytes at once: to turn all of it into bytes at the end would hold up the page.
      parts.push(new Blob([part]));
      exportNote.value = `Writing the table: ${Math.round(done * 100)} %`;
      await pause();
    });
    const saved = save(
      new Blob(parts, { type: "text/csv;charset=utf-8" }),
      fileParts(view, table.name, table.of),
      "csv",
    );
    return table.note === "" ? saved : table.note;
  });
}

/** Null until its numbers are there as exact as they are to be had. */
function exactTable(view: DrawnView, name: string): Table | null {
  return view.tables().find((each) => each.name === name && each.exact) ?? null;
}

export function exportPage(view: DrawnView): Promise<void> {
  return act("Making the page", async () => {
    const file = await makePage.peek()?.();
    if (!file) throw new Error("there is no server here to make it.");
    return save(new Blob([file], { type: "text/html" }), fileParts(view, "page"), "html");
  });
}

export function copyLink(): Promise<void> {
  return act("Copying", async () =>
    (await copyText(host.peek()?.address() ?? location.href))
      ? "The link is copied: it opens what you see."
      : "Copy the address of the page by hand.",
  );
}

async function act(what: string, action: () => Promise<string>): Promise<void> {
  if (exporting.peek()) return;
  clearTimeout(clearing);
  exporting.value = true;
  exportNote.value = what;
  try {
    // The menu closes and the note shows before the work begins.
    await pause();
    exportNote.value = await action();
  } catch (error) {
    exportNote.value = `That did not work: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    exporting.value = false;
    clearing = setTimeout(() => {
      exportNote.value = "";
    }, STAY);
  }
}

/** Lets the page draw a frame and answer its user. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

function save(file: Blob, parts: readonly string[], suffix: string): string {
  const name = fileName(parts, suffix);
  saveFile(file, name);
  return `Saved ${name}`;
}

export function viewRoot(): HTMLElement {
  const root = document.querySelector<HTMLElement>(".view > *");
  if (!root) throw new Error("there is no picture yet.");
  return root;
}
