/** Paints what CSS draws of a box: background, colour ramp, slanting strokes and border. */

import { paintHatch } from "../draw/hatch";

type Context = CanvasRenderingContext2D;

const SIDES = ["Top", "Right", "Bottom", "Left"] as const;

export function paintBox(context: Context, style: CSSStyleDeclaration, box: DOMRect): void {
  if (box.width === 0 || box.height === 0) return;
  const radius = Math.min(
    Number.parseFloat(style.borderTopLeftRadius) || 0,
    box.width / 2,
    box.height / 2,
  );
  if (!isClear(style.backgroundColor)) {
    context.fillStyle = style.backgroundColor;
    outline(context, box, radius, 0);
    context.fill();
  }
  const stops = rampStops(style.backgroundImage);
  if (stops.length > 1) paintRamp(context, box, stops);
  paintStrokes(context, style.backgroundImage, box);
  paintBorder(context, style, box, radius);
}

function outline(context: Context, box: DOMRect, radius: number, inset: number): void {
  context.beginPath();
  const [width, height] = [box.width - 2 * inset, box.height - 2 * inset];
  if (radius > 0)
    context.roundRect(
      box.left + inset,
      box.top + inset,
      width,
      height,
      Math.max(0, radius - inset),
    );
  else context.rect(box.left + inset, box.top + inset, width, height);
}

function paintBorder(
  context: Context,
  style: CSSStyleDeclaration,
  box: DOMRect,
  radius: number,
): void {
  const sides = SIDES.map((side) => ({
    width:
      style[`border${side}Style`] === "none"
        ? 0
        : Number.parseFloat(style[`border${side}Width`]) || 0,
    colour: style[`border${side}Color`],
  }));
  const [top, right, bottom, left] = sides;
  if (!top || !right || !bottom || !left) return;
  if (
    top.width > 0 &&
    sides.every((each) => each.width === top.width && each.colour === top.colour)
  ) {
    if (isClear(top.colour)) return;
    context.strokeStyle = top.colour;
    context.lineWidth = top.width;
    outline(context, box, radius, top.width / 2);
    context.stroke();
    return;
  }
  const bar = (colour: string, x: number, y: number, width: number, height: number): void => {
    if (width <= 0 || height <= 0 || isClear(colour)) return;
    context.fillStyle = colour;
    context.fillRect(x, y, width, height);
  };
  bar(top.colour, box.left, box.top, box.width, top.width);
  bar(bottom.colour, box.left, box.bottom - bottom.width, box.width, bottom.width);
  bar(left.colour, box.left, box.top, left.width, box.height);
  bar(right.colour, box.right - right.width, box.top, right.width, box.height);
}

/**
 * Colours of a ramp from left to right, as legends have; empty where the background is something
 * else.
 */
function rampStops(image: string): readonly (readonly number[])[] {
  const found = /^linear-gradient\((?:to right|90deg), (.+)\)$/.exec(image);
  return (found?.[1]?.match(/(?:rgba?|color)\([^)]+\)/g) ?? []).map(channels);
}

/** Strokes that rise to the right, of one colour on the ground of another, as legends have. */
function paintStrokes(context: Context, image: string, box: DOMRect): void {
  const stripes = /^repeating-linear-gradient\(-45deg, (.+)\)$/.exec(image)?.[1] ?? "";
  const colours = stripes.match(/(?:rgba?|color)\([^)]+\)/g) ?? [];
  const [stroke, ground] = [colours[0], colours[colours.length - 1]];
  if (stroke === undefined || ground === undefined) return;
  context.fillStyle = ground;
  context.fillRect(box.left, box.top, box.width, box.height);
  // The stops of the gradient lie across the strokes, their distance along the edge.
  const across = Number.parseFloat(/([\d.]+)px$/.exec(stripes)?.[1] ?? "4");
  paintHatch(context, box, stroke, across * Math.SQRT2);
}

/** Red, green and blue of 0 to 255, and the opacity where it is not 1. */
function channels(colour: string): readonly number[] {
  const numbers = (colour.match(/[\d.]+(?:e-\d+)?/g) ?? []).map(Number);
  // A colour that was made from another one is computed to shares of 1.
  return colour.startsWith("color(")
    ? numbers.map((each, at) => (at < 3 ? 255 * each : each))
    : numbers;
}

/**
 * In slabs of a pixel: that is what a ramp of 256 colours is on a screen. Opaque ones go to the
 * right edge, each over the one before, so that no program shows seams between them.
 */
function paintRamp(context: Context, box: DOMRect, colours: readonly (readonly number[])[]): void {
  const opacity = context.globalAlpha;
  const isOpaque = opacity === 1 && colours.every(([, , , alpha = 1]) => alpha === 1);
  for (let x = 0; x < box.width; x++) {
    const position = (x / Math.max(1, box.width - 1)) * (colours.length - 1);
    const below = Math.min(colours.length - 2, Math.floor(position));
    const [red = 0, green = 0, blue = 0, alpha = 1] = [0, 1, 2, 3].map((channel) => {
      const [from, to] = [colours[below]?.[channel] ?? 1, colours[below + 1]?.[channel] ?? 1];
      return from + (to - from) * (position - below);
    });
    context.globalAlpha = opacity * alpha;
    context.fillStyle = `rgb(${[red, green, blue].map(Math.round).join(", ")})`;
    const rest = box.width - x;
    context.fillRect(box.left + x, box.top, isOpaque ? rest : Math.min(1, rest), box.height);
  }
  context.globalAlpha = opacity;
}

/** "transparent", or a colour with nothing of it. */
export function isClear(colour: string): boolean {
  return colour === "transparent" || /^rgba\(.*, 0\)$/.test(colour);
}
