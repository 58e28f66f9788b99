import { expect, it } from "vitest";
import documentation from "../../../../docs/http.md?raw";
import { readCapture } from "./capture";
import { readRuns } from "./runs";

/** The JSON examples of the documentation, in their order: runs, capture. */
const examples: unknown[] = [...documentation.matchAll(/```json\n([\s\S]*?)```/g)].map((found) =>
  JSON.parse(found[1] ?? ""),
);

it("reads the example of runs in the documentation, unchanged", () => {
  expect(readRuns(examples[0])).toEqual(examples[0]);
});

it("reads the example of a capture in the documentation, unchanged", () => {
  expect(readCapture(examples[1])).toEqual(examples[1]);
});

it("says that the page is of another version", () => {
  expect(() => readRuns({ version: 2 })).toThrow("another version");
});

it.each([
  ["null", null],
  ["a list", []],
  ["a text as version", { version: "1" }],
  ["runs that are no list", { version: 1, loading: false, runs: {}, problems: [] }],
])("refuses %s as runs", (_, value) => {
  expect(() => readRuns(value)).toThrow("An answer could not be read");
});

function withStack(name: string): unknown {
  const capture = structuredClone(examples[1]);
  return {
    ...(typeof capture === "object" ? capture : {}),
    stacks: [{ name, query_sequence: 0, key_sequence: 0, layers: [] }],
  };
}

it("refuses a stack that it does not know", () => {
  expect(() => readCapture(withStack("pooler"))).toThrow("there is no stack pooler");
});

it("takes several stacks of a kind", () => {
  expect(readCapture(withStack("encoder 2")).stacks[0]?.name).toBe("encoder 2");
});

it("takes what a run that diverges has: numbers that are infinite, or none", () => {
  const capture = readCapture(examples[1]);
  const [stack] = capture.stacks;
  const layer = {
    ...stack?.layers[0],
    scale: "Infinity",
    softcap: "-Infinity",
    sinks: [0.5, "NaN"],
    error: "NaN",
  };
  const read = readCapture({ ...capture, stacks: [{ ...stack, layers: [layer] }] });
  expect(read.stacks[0]?.layers[0]).toMatchObject({
    scale: Number.POSITIVE_INFINITY,
    softcap: Number.NEGATIVE_INFINITY,
    sinks: [0.5, Number.NaN],
    error: Number.NaN,
  });
});

it.each([["infinity"], ["1"], [null], [[]]])("takes %j for no scale", (scale) => {
  const capture = readCapture(examples[1]);
  const [stack] = capture.stacks;
  const layers = [{ ...stack?.layers[0], scale }];
  expect(() => readCapture({ ...capture, stacks: [{ ...stack, layers }] })).toThrow(
    "scale is not a number",
  );
});
