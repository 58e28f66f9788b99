import { expect, it } from "vitest";
import { runColour } from "./run_colours";

it("gives runs different colours, and begins anew after the last", () => {
  expect(new Set([0, 1, 2, 3, 4, 5, 6].map((each) => runColour(each).dark)).size).toBe(7);
  expect(runColour(7)).toEqual(runColour(0));
});
