import { expect, it } from "vitest";
import type { HeadCells } from "../../state/head_cells";
import {
  drawHeadLines,
  type LinesScene,
  leftOutText,
  levelsOfHead,
  linesLayout,
  type Pen,
  rowAt,
} from "./head_lines";

function cellsOf(data: number[], queries: number, keys: number, signed = false): HeadCells {
  return {
    queries,
    keys,
    data: Float32Array.from(data),
    signed,
    span: signed ? 0.5 : 1,
    least: new Float32Array(queries).fill(0.1),
    masked: { reach: null, columns: null, zeros: [] },
  };
}

function sceneOf(cells: HeadCells): LinesScene {
  return {
    cells,
    queryLabels: [],
    keyLabels: [],
    colours: { more: "red", less: "blue" },
    inks: { text: "#000", muted: "#888" },
  };
}

const box = { left: 10, top: 20, width: 100, height: 40 };

function recorded(scene: LinesScene, focus: Parameters<typeof drawHeadLines>[3] = null): string[] {
  const done: string[] = [];
  const at = (name: string) => (x: number, y: number) => done.push(`${name} ${x},${y}`);
  const pen = {
    globalAlpha: 1,
    strokeStyle: "",
    beginPath: () => {},
    stroke: () => done.push(`${pen.strokeStyle} ${pen.globalAlpha.toFixed(2)}`),
    moveTo: at("from"),
    lineTo: at("to"),
  };
  drawHeadLines(pen as unknown as Pen, scene, linesLayout(box, scene), focus);
  return done;
}

it("goes from the query at the left to the key at the right, as strong as the weight", () => {
  expect(recorded(sceneOf(cellsOf([0.25, 0.05, 0, 1], 2, 2)))).toEqual([
    "from 10,30",
    "to 110,30",
    "red 0.27",
    "from 10,50",
    "to 110,50",
    "red 0.98",
  ]);
});

it("has another colour for what is less, and the span of the difference", () => {
  const signed = sceneOf(cellsOf([0.5, -0.5, 0.05, -0.05], 2, 2, true));
  expect(recorded(signed).filter((each) => /red|blue/.test(each))).toEqual([
    "red 0.98",
    "blue 0.98",
  ]);
});

it("fades what is not pointed at, and draws it first", () => {
  const scene = sceneOf(cellsOf([1, 0, 1, 0.5], 2, 2));
  const strokes = recorded(scene, { query: 1, key: null }).filter((each) => each.startsWith("red"));
  expect(strokes).toEqual(["red 0.12", "red 0.52", "red 0.98"]);
});

it("leaves out what is masked or small, and the weakest where there are too many", () => {
  const cells = cellsOf([1, 0.9, 0.2, 0.05], 2, 2);
  const masked = { ...cells, masked: { reach: Int32Array.of(0, 1), columns: null, zeros: [] } };
  expect(levelsOfHead(masked).more.flat()).toEqual([2, 0]);
  expect(levelsOfHead(cells, 2).more.flat()).toEqual([1, 0]);
  expect(leftOutText(cells)).toBe("The strongest 2 of 3 links are drawn.");
  expect(leftOutText(masked)).toBe("");
});

it("thins lines that are about as strong evenly, not from one end", () => {
  const even = cellsOf(Array(100).fill(0.3), 10, 10);
  const rows = levelsOfHead(even, 20)
    .more.flat()
    .map((at) => Math.floor(at / 10));
  expect(rows).toHaveLength(20);
  expect(new Set(rows).size).toBe(10);
});

it("knows the row at a place, the queries at the left", () => {
  const scene = sceneOf(cellsOf(Array(8).fill(0.5), 2, 4));
  const layout = linesLayout(box, scene);
  expect(rowAt(layout, scene, 20, 55)).toEqual({ query: 1, key: null });
  expect(rowAt(layout, scene, 100, 55)).toEqual({ query: null, key: 3 });
  expect(rowAt(layout, scene, 100, 999)).toEqual({ query: null, key: 3 });
});
