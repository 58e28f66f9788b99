import { expect, it } from "vitest";
import { planesOf } from "./image_planes";

it("parts colours and opacities, with no black under what is transparent", () => {
  const [red, half, clear] = [
    [200, 10, 20, 255],
    [1, 2, 3, 128],
    [0, 0, 0, 0],
  ];
  const { colours, alphas, isOpaque } = planesOf(
    [red, clear, clear, clear, half, clear].flat() as number[],
    3,
  );
  expect([...colours]).toEqual([
    ...[200, 10, 20, 200, 10, 20, 200, 10, 20],
    ...[255, 255, 255, 1, 2, 3, 1, 2, 3],
  ]);
  expect([...alphas]).toEqual([255, 0, 0, 0, 128, 0]);
  expect([isOpaque, planesOf([1, 2, 3, 255], 1).isOpaque]).toEqual([false, true]);
});
