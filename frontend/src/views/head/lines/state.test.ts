import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { showEvenWeights } from "../../../testing_lines";
import { edgesAtRest, listedRows, pictureEdges, queryScroll, rowsInView, scrolling } from "./state";

const TOKENS = 20;
const ROW = 40;

afterEach(() => vi.unstubAllGlobals());
beforeEach(async () => {
  // Labels have no width here.
  vi.stubGlobal("document", { createElement: () => ({ getContext: () => null }) });
  await showEvenWeights(TOKENS, ROW, { width: 800, height: 4 * ROW });
});

it("draws the rows in view while the columns move, and speaks of those at rest", () => {
  const before = edgesAtRest.value;
  expect(before).toBe(pictureEdges.value);
  expect(before?.count).toBe(4 * TOKENS);
  expect(listedRows()).toEqual([0, 4]);
  scrolling.value = true;
  queryScroll.value = 5 * ROW;
  expect(rowsInView()).toEqual([5, 9]);
  expect(pictureEdges.value?.query.every((query) => query >= 5)).toBe(true);
  expect(edgesAtRest.value).toBe(before);
  expect(listedRows()).toEqual([0, 4]);
  scrolling.value = false;
  expect(edgesAtRest.value).toBe(pictureEdges.value);
  expect(edgesAtRest.value?.query.every((query) => query >= 5)).toBe(true);
  expect(listedRows()).toEqual([5, 9]);
});
