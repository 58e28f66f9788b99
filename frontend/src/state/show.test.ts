import { afterEach, expect, it } from "vitest";
import { scale, smallest, strength } from "./show";

afterEach(() => {
  scale.value = "sqrt";
  smallest.value = 0.02;
});

it("is the root of the weight, or the weight", () => {
  expect([strength(0.25), strength(1)]).toEqual([0.5, 1]);
  scale.value = "linear";
  expect(strength(0.25)).toBe(0.25);
});

it("is 0 for what is not drawn", () => {
  expect([strength(0.019), strength(0), strength(Number.NaN)]).toEqual([0, 0, 0]);
  expect(strength(0.02)).toBeGreaterThan(0);
});

it("stays within 1 where rounding went beyond", () => expect(strength(1.0000001)).toBe(1));
