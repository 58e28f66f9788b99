import { expect, it } from "vitest";
import documentation from "../../../docs/http.md?raw";
import { readCapture, readRuns } from "./answers";

/** The JSON examples of the documentation, in their order: runs, capture. */
const examples: unknown[] = [...documentation.matchAll(/```json\n([\s\S]*?)```/g)].map((found) => JSON.parse(found[1] ?? ""));

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

it("refuses a stack that it does not know", () => {
  const capture = structuredClone(examples[1]);
  const changed = {
    ...(typeof capture === "object" ? capture : {}),
    stacks: [{ name: "pooler", query_sequence: 0, key_sequence: 0, layers: [] }],
  };
  expect(() => readCapture(changed)).toThrow("there is no stack pooler");
});
