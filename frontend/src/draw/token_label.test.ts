import { describe, expect, it } from "vitest";
import { readsAsNumber } from "./token_label";

describe("readsAsNumber", () => {
  it.each(["15", "·15", "0.93", "−2", "1,024", "3:4", "50%", "٣"])(
    "%s could be an index",
    (label) => {
      expect(readsAsNumber(label)).toBe(true);
    },
  );

  it.each(["nurse", "·", ".", "%", "x2", "2nd", "[1]", "", "patch 3,4", "1e"])(
    "%s could not",
    (label) => {
      expect(readsAsNumber(label)).toBe(false);
    },
  );
});
