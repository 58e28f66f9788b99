/** Paths as operators of PDF. */

import { numbers } from "./file";

/** Path data of SVG, as `VectorPath` writes it, in operators that build the same path. */
export function pathOf(data: string): string {
  const operators: string[] = [];
  let [x, y] = [0, 0];
  for (const [, letter = "", rest = ""] of data.matchAll(/([MLCQZ])([^MLCQZ]*)/g)) {
    const at = rest
      .trim()
      .split(/[\s,]+/)
      .map(Number);
    if (letter === "Z") operators.push("h");
    else if (letter === "Q") {
      // A curve with one handle is one with two, each two thirds of the way to it.
      const [hx = 0, hy = 0, ex = 0, ey = 0] = at;
      const third = (from: number, to: number): number => from + (2 / 3) * (to - from);
      operators.push(
        `${numbers(third(x, hx), third(y, hy), third(ex, hx), third(ey, hy), ex, ey)} c`,
      );
    } else operators.push(`${numbers(...at)} ${letter.toLowerCase()}`);
    [x = x, y = y] = letter === "Z" ? [] : at.slice(-2);
  }
  return operators.join("\n");
}
