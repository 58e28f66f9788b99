import { expect, it } from "vitest";
import { pathOf } from "./path";

it.each([
  ["M1 2L3 4Z", "1 2 m\n3 4 l\nh"],
  ["M0 0C1 2 3 4 5 6", "0 0 m\n1 2 3 4 5 6 c"],
  ["M0 0Q3 6 6 0", "0 0 m\n2 4 4 4 6 0 c"],
  ["M-1.5 2e-3L.5 -0.25", "-1.5 0.002 m\n0.5 -0.25 l"],
])("%s", (data, operators) => expect(pathOf(data)).toBe(operators));
