/**
 * Makes the view on the page into a figure for a moment: drawings without what one works them by,
 * as wide as they are printed, and with all that is scrolled out of sight.
 */

import { atRest } from "../draw/frames";
import { paletteCss } from "../draw/palette";
import { leastRatio } from "../draw/ratio";
import { adoptStyle } from "../draw/style";
import { theme } from "../state/host";
import type { Theme } from "../types";
import css from "./figure.css?inline";

export interface FigureLook {
  /** In CSS pixels. */
  readonly width: number;
  /** How high what could have any height may become, in CSS pixels; 0: as on the screen. */
  readonly height: number;
  readonly theme: Theme;
}

/** A drawing that scrolls, and the element in it that is as large as all of it. */
const PANES: Readonly<Record<string, string>> = {
  ".scroll-pane": ".scroll-extent",
  ".head-plot": ".head-spacer",
};
/**
 * Higher than so many CSS pixels nobody prints a drawing, and no browser draws a grid of heads: of
 * such a one there is what is in view on the screen.
 */
const TALLEST = { grid: 12_000, other: 2_400 };
/** Pixels of an image for each of the page: 512 dots an inch where 12 pixels are 6.75 points. */
const RATIO = 4;
/** Rounds after which sizes have settled. */
const ROUNDS = 3;

/** The drawings of a view by the names of their cards; those beside the view come last. */
export function drawingsOf(view: HTMLElement): ReadonlyMap<string, HTMLElement> {
  const cards = [...view.querySelectorAll<HTMLElement>(".card")].filter(
    (card) => card.querySelector("canvas") !== null,
  );
  const beside = (card: HTMLElement): number => (isBeside(card) ? 1 : 0);
  cards.sort((a, b) => beside(a) - beside(b));
  return new Map(cards.map((card) => [card.getAttribute("aria-label") ?? "", card]));
}

/** Those that are the view itself, not what is told of it. */
export function mainDrawings(view: HTMLElement): readonly HTMLElement[] {
  return [...drawingsOf(view).values()].filter((card) => !isBeside(card));
}

/** What a drawing shows, in the words that screen readers have of it; or the name of its card. */
export function wordsOf(card: HTMLElement): string {
  const canvas = card.querySelector(".canvas[role=img][aria-label]:not([aria-label=''])");
  return (canvas ?? card).getAttribute("aria-label") ?? "";
}

function isBeside(card: HTMLElement): boolean {
  return card.closest("aside") !== null;
}

/**
 * Shows nothing but `drawings` of `view`, has `use` paint them, and puts everything back. `use`
 * learns whether they show all that they have.
 */
export async function asFigure<T>(
  view: HTMLElement,
  drawings: readonly HTMLElement[],
  look: FigureLook,
  use: (whole: boolean) => Promise<T>,
): Promise<T> {
  adoptStyle(css);
  const undo = new Undo();
  try {
    undo.after(curtain(view));
    const heights = ownHeights(drawings);
    const panes = panesOf(view);
    keepScrolls(view, undo);
    setTheme(look.theme, view, undo);
    const ratio = leastRatio.peek();
    leastRatio.value = RATIO;
    undo.also(() => {
      leastRatio.value = ratio;
    });
    undo.set(view, "width", `${look.width}px`);
    undo.attribute(view, "data-figure", drawings.length > 1 ? "several" : "one");
    for (const element of others(view, drawings)) undo.attribute(element, "data-figure-off", "");
    for (const [box, height] of heights) undo.set(box, "height", `${height}px`);
    for (const box of stacked(drawings)) {
      undo.set(box, "flex", "none");
      undo.set(box, "min-height", "auto");
    }
    await spread(panes, look, undo);
    return await use(panes.every(({ box, whole }) => isWhole(box, whole)));
  } finally {
    undo.run();
    await atRest();
    undo.runLast();
  }
}

/** Elements that hold none of the drawings, and are in none. */
function others(view: HTMLElement, drawings: readonly HTMLElement[]): readonly Element[] {
  const found: Element[] = [];
  const look = (element: Element): void => {
    for (const child of element.children) {
      if (drawings.some((each) => each === child)) continue;
      if (drawings.some((each) => child.contains(each))) look(child);
      else found.push(child);
    }
  };
  look(view);
  return found;
}

/** Boxes that a drawing fills, with their heights on the screen: nothing else says how high. */
function ownHeights(drawings: readonly HTMLElement[]): ReadonlyMap<HTMLElement, number> {
  const canvases = drawings.flatMap((each) => [...each.querySelectorAll<HTMLElement>(".canvas")]);
  const boxes = canvases
    .filter((canvas) => canvas.closest(Object.keys(PANES).join()) === null)
    .filter((canvas) => canvas.style.height === "")
    .flatMap((canvas) => canvas.parentElement ?? []);
  return new Map(boxes.map((box) => [box, box.clientHeight]));
}

/** Boxes around drawings that stand below each other: the height of the page sized them before. */
function stacked(drawings: readonly HTMLElement[]): readonly HTMLElement[] {
  return drawings.flatMap((drawing) =>
    [...drawing.querySelectorAll<HTMLElement>(":has(canvas)")].filter(({ parentElement }) => {
      const style = parentElement && getComputedStyle(parentElement);
      return style?.display === "flex" && style.flexDirection === "column";
    }),
  );
}

interface Pane {
  readonly box: HTMLElement;
  /** Selector of the element in it that is as large as all of it. */
  readonly whole: string;
  /** Height on the screen, and whether that is not enough for all. */
  readonly height: number;
  readonly scrolls: boolean;
}

/** Panes as high as the page lets them be; some have a height of their own. */
function panesOf(view: HTMLElement): readonly Pane[] {
  return Object.entries(PANES).flatMap(([pane, whole]) =>
    [...view.querySelectorAll<HTMLElement>(pane)]
      .filter((box) => box.style.height === "")
      .map((box) => {
        const height = box.clientHeight;
        return { box, whole, height, scrolls: wholeHeight(box, whole) > height };
      }),
  );
}

/** Gives every pane the room of what is in it. */
async function spread(panes: readonly Pane[], look: FigureLook, undo: Undo): Promise<void> {
  for (const pane of panes) {
    undo.set(pane.box, "height", `${firstHeight(pane, look)}px`);
    undo.set(pane.box, "margin-bottom", "0px");
  }
  await atRest();
  for (let round = 0; round < ROUNDS; round++) {
    for (const { box, whole } of panes) fitPane(box, whole, undo);
    await atRest();
  }
}

function firstHeight({ box, height, scrolls }: Pane, look: FigureLook): number {
  if (look.height === 0) return height;
  // Rows that fit keep the height that they have on the screen.
  if (box.matches(".head-plot")) return scrolls ? look.height : height;
  // As many maps beside each other as above each other.
  return box.matches(".heat-map") ? Math.min(look.width, look.height) : look.height;
}

function tallest(box: HTMLElement): number {
  return box.matches(".model-scroll") ? TALLEST.grid : TALLEST.other;
}

/** A pane that is hidden leaves nothing out. */
function isWhole(box: HTMLElement, whole: string): boolean {
  return box.clientHeight === 0 || wholeHeight(box, whole) <= box.clientHeight + 1;
}

function wholeHeight(box: HTMLElement, whole: string): number {
  const extents = [...box.querySelectorAll<HTMLElement>(whole)];
  return Math.max(0, ...extents.map((each) => each.offsetHeight));
}

/**
 * A pane with more in it grows. One with less moves up what stands below it: with less room it
 * would lay out anew what is in it.
 */
function fitPane(box: HTMLElement, whole: string, undo: Undo): void {
  const height = wholeHeight(box, whole);
  if (height === 0 || height > tallest(box)) return;
  if (height > box.clientHeight) box.style.height = `${height}px`;
  box.style.marginBottom = `${Math.min(0, height - box.clientHeight)}px`;
  const extent = box.querySelector<HTMLElement>(whole);
  // Maps stand in the middle of their room. A pixel is left, so that cells are not rounded down.
  if (extent && box.matches(".heat-map") && extent.offsetWidth + 1 < box.clientWidth)
    undo.set(box, "width", `${extent.offsetWidth + 1}px`);
}

function keepScrolls(view: HTMLElement, undo: Undo): void {
  for (const box of view.querySelectorAll<HTMLElement>("*")) {
    const { scrollTop, scrollLeft } = box;
    if (scrollTop === 0 && scrollLeft === 0) continue;
    undo.after(() => {
      box.scrollTop = scrollTop;
      box.scrollLeft = scrollLeft;
    });
  }
}

/** The theme of the view alone: the page around it keeps its own. */
function setTheme(wanted: Theme, view: HTMLElement, undo: Undo): void {
  const before = theme.peek();
  if (wanted === before) return;
  const colours = paletteCss(wanted)
    .split(";")
    .map((each) => each.split(":").map((part) => part.trim()));
  for (const [name = "", colour = ""] of colours) if (name !== "") undo.set(view, name, colour);
  undo.set(view, "color-scheme", wanted);
  const { dataset } = document.documentElement;
  theme.value = wanted;
  dataset.theme = before;
  undo.also(() => {
    theme.value = before;
  });
}

/** Lays a picture of the view over it until what is returned is called. */
function curtain(view: HTMLElement): () => void {
  const cover = document.createElement("div");
  cover.className = "figure-curtain";
  cover.setAttribute("aria-hidden", "true");
  const copy = view.cloneNode(true) as HTMLElement;
  for (const each of [copy, ...copy.querySelectorAll("*")]) {
    each.removeAttribute("data-testid");
    each.removeAttribute("id");
  }
  const [shown, copied] = [view, copy].map((each) => [...each.querySelectorAll("canvas")]);
  shown?.forEach((canvas, at) => {
    if (canvas.width > 0 && canvas.height > 0)
      copied?.[at]?.getContext("2d")?.drawImage(canvas, 0, 0);
  });
  cover.append(copy);
  view.parentElement?.append(cover);
  return () => cover.remove();
}

/** What was changed on the page, to be changed back. */
class Undo {
  private readonly steps: (() => void)[] = [];
  private readonly last: (() => void)[] = [];

  set(element: HTMLElement, name: string, value: string): void {
    const before = element.style.getPropertyValue(name);
    element.style.setProperty(name, value);
    this.steps.push(() => element.style.setProperty(name, before));
  }

  attribute(element: Element, name: string, value: string): void {
    element.setAttribute(name, value);
    this.steps.push(() => element.removeAttribute(name));
  }

  also(step: () => void): void {
    this.steps.push(step);
  }

  /** For when the page has found back to its sizes. */
  after(step: () => void): void {
    this.last.push(step);
  }

  run(): void {
    for (const step of this.steps.reverse()) step();
  }

  runLast(): void {
    for (const step of this.last.reverse()) step();
  }
}
