import { expect, it } from "vitest";
import { ByteBudget } from "./cache";

function filled(
  limit: number,
  ...sizes: readonly number[]
): { budget: ByteBudget; dropped: string[] } {
  const budget = new ByteBudget(limit);
  const dropped: string[] = [];
  sizes.forEach((bytes, index) => {
    const key = String.fromCharCode(97 + index);
    budget.add(key, bytes, () => dropped.push(key));
  });
  return { budget, dropped };
}

it("drops what was added first when it is full", () => {
  const { budget, dropped } = filled(10, 4, 4, 4);
  expect(dropped).toEqual(["a"]);
  expect(budget.bytes).toBe(8);
});

it("keeps what was used lately", () => {
  const { budget, dropped } = filled(10, 4, 4);
  budget.use("a");
  budget.add("c", 4, () => {});
  expect(dropped).toEqual(["b"]);
});

it("drops at once what is larger than everything", () => {
  const { budget, dropped } = filled(10, 4, 11);
  expect(dropped).toEqual(["a", "b"]);
  expect(budget.bytes).toBe(0);
});

it("counts a key once", () => {
  const { budget } = filled(10, 4);
  budget.add("a", 6, () => {});
  expect(budget.bytes).toBe(6);
});
