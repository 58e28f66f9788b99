import { describe, expect, it } from "vitest";
import type { Metrics } from "../types";
import { NOT_ASKED } from "./ask";
import { run, tag } from "./chosen";
import { askedMetrics, probeKey } from "./histories";
import { mostTelling } from "./most_telling";
import { metric, metricNow } from "./overview";

const NAMES = ["entropy", "first_token", "induction", "largest_score"];

/** Values [steps][heads][names] of one layer. */
function made(values: readonly (readonly (readonly number[])[])[]): Metrics {
  return {
    steps: values.map((_, at) => at * 10),
    rows: [{ stack: "decoder", layer: 0 }],
    heads: values[0]?.length ?? 0,
    names: NAMES,
    words: [],
    numbers: [],
    data: Float32Array.from(values.flat(2)),
  };
}
const NONE = Number.NaN;

describe("mostTelling", () => {
  it("is what varies most over the steps of a head", () => {
    const known = made([
      [
        [0.9, 0.2, 0.1, 0],
        [0.1, 0.3, 0.1, 0],
      ],
      [
        [0.9, 0.7, 0.2, 99],
        [0.1, 0.3, 0.1, 0],
      ],
    ]);
    expect(mostTelling(known, [0])).toBe("first_token");
  });

  it("is what varies most over the heads where there is one step", () => {
    expect(
      mostTelling(
        made([
          [
            [0.9, 0.2, 0.1, 0],
            [0.1, 0.3, 0.1, 0],
          ],
        ]),
        [0],
      ),
    ).toBe("entropy");
  });

  it("is never one that is not defined for the text", () => {
    const still = [0.5, 0.5, NONE, 0];
    expect(mostTelling(made([[still], [still]]), [0])).toBe("first_token");
    expect(mostTelling(made([[[NONE, NONE, NONE, 3]]]), [0])).toBe("largest_score");
    expect(mostTelling(made([[[NONE, NONE, NONE, NONE]]]), [0])).toBeNull();
  });

  it("is one that is defined in these rows, whatever varies in others", () => {
    const rows = [
      { stack: "decoder", layer: 0 },
      { stack: "cross", layer: 0 },
    ] as const;
    const induction = (value: number): number[] => [0.5, 0.5, value, 0];
    const cross = (value: number): number[] => [value, NONE, NONE, 0];
    const values = [
      [induction(0.1), cross(0.2)],
      [induction(0.9), cross(0.3)],
    ];
    const known = { ...made(values), rows, heads: 1 };
    expect(mostTelling(known, [0])).toBe("induction");
    expect(mostTelling(known, [1])).toBe("entropy");
  });
});

describe("metricNow", () => {
  it("stays what it was when a new step comes, and gives way to a choice", () => {
    const of = probeKey("run", "probe");
    run.value = "run";
    tag.value = "probe";
    const steps = [[[0.5, 0.1, NONE, 0]], [[0.5, 0.4, NONE, 0]]];
    askedMetrics.value = { ...NOT_ASKED, of, value: made(steps) };
    expect(metricNow.value).toBe("first_token");
    askedMetrics.value = { ...NOT_ASKED, of, value: made([...steps, [[0, 0.4, NONE, 0]]]) };
    expect(metricNow.value).toBe("first_token");
    metric.value = "largest_score";
    expect(metricNow.value).toBe("largest_score");
    metric.value = "";
    expect(metricNow.value).toBe("first_token");
  });
});
