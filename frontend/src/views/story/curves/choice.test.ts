import { expect, it } from "vitest";
import type { Curve } from "../../../types";
import { firstCurves } from "./choice";

const curve = (from: string, name: string): Curve => ({
  name,
  label: name,
  unit: "",
  from,
  run: "a",
  steps: [0, 1],
  values: [1, 2],
});

it("takes the loss of what repeats, the norm of the gradient and the loss of training first", () => {
  const all = [
    curve("probe", "loss"),
    curve("probe", "loss_of_repeats"),
    curve("run", "train/learning_rate"),
    curve("run", "train/loss"),
    curve("run", "eval/loss"),
    curve("run", "train/grad_norm"),
  ];
  expect(firstCurves(all, "induction")).toEqual([
    "loss_of_repeats",
    "train/grad_norm",
    "train/loss",
  ]);
});

it("takes the loss of the text where nothing repeats, and no learning rate", () => {
  expect(firstCurves([curve("probe", "loss"), curve("run", "lr")], "self")).toEqual(["loss"]);
  expect(firstCurves([], "self")).toEqual([]);
});

it("takes the answer where the metric is what heads do to it", () => {
  const all = [curve("probe", "loss"), curve("probe", "answer")];
  expect(firstCurves(all, "answer_effect")).toEqual(["answer"]);
  expect(firstCurves(all, "loss_effect")).toEqual(["loss"]);
});
