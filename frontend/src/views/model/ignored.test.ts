import { beforeEach, describe, expect, it } from "vitest";
import { modelDrawing } from "../../state/model_drawing";
import { pins } from "../../state/selection";
import { token } from "../../state/show";
import { ignored } from "./ignored";
import { enlarged } from "./state";

beforeEach(() => {
  modelDrawing.value = "maps";
  enlarged.value = true;
  pins.value = [];
  token.value = "first";
});

const offNow = () =>
  Object.entries(ignored())
    .filter(([, each]) => each.off)
    .map(([name]) => name);

describe("settings that the model view does not obey", () => {
  it("act in enlarged heads, and are off where there is none", () => {
    expect(Object.keys(ignored())).toEqual(["mass", "words"]);
    expect(offNow()).toEqual([]);
    enlarged.value = false;
    expect(offNow()).toEqual(["mass", "words"]);
  });

  it("act near by in the contact sheet", () => {
    modelDrawing.value = "sheet";
    enlarged.value = false;
    expect(Object.keys(ignored())).toEqual(["mass", "words"]);
    expect(offNow()).toEqual([]);
  });

  it("are others for lines", () => {
    modelDrawing.value = "lines";
    expect(offNow()).toEqual(["scale"]);
  });

  it("are others for a rollout, which has no heads", () => {
    modelDrawing.value = "rollout";
    expect(offNow()).toEqual(["show", "smallest"]);
    token.value = "resting";
    expect(offNow()).toEqual(["show", "smallest", "first"]);
  });
});
