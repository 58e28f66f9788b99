import { expect, it } from "vitest";
import { drawLines, levelsOf, type Pen } from "./cell_lines";

const alphas = Float32Array.from({ length: 256 }, (_, value) => (value < 30 ? 0 : value / 255));

function recorded(values: number[], rows: number, columns: number): string[] {
  const done: string[] = [];
  const at = (name: string) => (x: number, y: number) => done.push(`${name} ${x},${y}`);
  const pen = {
    globalAlpha: 1,
    beginPath: () => {},
    stroke: () => done.push(`alpha ${pen.globalAlpha}`),
    moveTo: at("from"),
    lineTo: at("to"),
  };
  const box = { left: 10, top: 20, width: 40, height: 40, rows, columns };
  drawLines(pen as unknown as Pen, box, levelsOf(Uint8Array.from(values), alphas), "#000");
  return done;
}

it("goes from the query at the left to the key at the right, the faintest first", () => {
  expect(recorded([255, 0, 0, 128], 2, 2)).toEqual([
    "from 10,50",
    "to 50,50",
    "alpha 0.53125",
    "from 10,30",
    "to 50,30",
    "alpha 0.96875",
  ]);
  expect(recorded([0, 0, 0, 255], 1, 4)).toEqual(["from 10,40", "to 50,55", "alpha 0.96875"]);
});

it("draws nothing where nothing is strong enough", () => {
  expect(recorded([29, 0, 12, 1], 2, 2)).toEqual([]);
});
