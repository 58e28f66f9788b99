import { afterEach, expect, it } from "vitest";
import { scale, strength } from "./show";

afterEach(() => {
  scale.value = "sqrt";
});

it("is the root of the weight, or the weight", () => {
  expect([strength(0.25, 0.02), strength(1, 0.02)]).toEqual([0.5, 1]);
  scale.value = "linear";
  expect(strength(0.25, 0.02)).toBe(0.25);
});

it("is 0 for what is not drawn", () => {
  expect([0.019, 0, Number.NaN].map((weight) => strength(weight, 0.02))).toEqual([0, 0, 0]);
  expect(strength(0.02, 0.02)).toBeGreaterThan(0);
});

it("stays within 1 where rounding went beyond", () => expect(strength(1.0000001, 0.02)).toBe(1));
