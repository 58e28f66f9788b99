import { beforeEach, describe, expect, it } from "vitest";
import {
  activeHeads,
  drawing,
  head,
  key,
  layer,
  pins,
  query,
  run,
  stack,
  tag,
  view,
  wantedStep,
} from "./chosen";
import { isOurs, parseHash, writeHash } from "./hash";
import { first, mass, scale, segments, smallest, special, token, words } from "./show";
import { applyHash, printSelection } from "./url";

beforeEach(() => applyHash(""));

function roundTrip(): string {
  return writeHash("#attention", printSelection());
}

describe("the address", () => {
  it("says nothing about defaults", () => expect(roundTrip()).toBe("#attention"));

  it("holds the whole selection and gives it back", () => {
    run.value = "gpt2/lr=3e-5 & more#1";
    tag.value = "doctor-she 100 %";
    wantedStep.value = 0;
    stack.value = "cross";
    layer.value = 5;
    activeHeads.value = [1, 4, 10];
    head.value = 4;
    query.value = 0;
    key.value = 12;
    pins.value = [
      { layer: 5, head: 1 },
      { layer: 6, head: 9 },
    ];
    view.value = "neuron";
    drawing.value = "matrix";
    scale.value = "linear";
    smallest.value = 0.1;
    mass.value = 0.9;
    first.value = "renormalise";
    token.value = 6;
    segments.value = "AB";
    for (const each of [special, words]) each.value = true;
    const address = roundTrip();
    const before = [...printSelection()];
    applyHash("");
    expect(roundTrip()).toBe("#attention");
    applyHash(address);
    expect([...printSelection()]).toEqual(before);
    expect([run.value, wantedStep.value, query.value, pins.value[1]]).toEqual([
      "gpt2/lr=3e-5 & more#1",
      0,
      0,
      { layer: 6, head: 9 },
    ]);
  });

  it("leaves everything else in the hash as it is", () => {
    const hash = "#attention&tagFilter=loss%2F&p.attention.step=7&runFilter=x";
    expect(writeHash(hash, new Map([["step", "8"]]))).toBe(
      "#attention&tagFilter=loss%2F&runFilter=x&p.attention.step=8",
    );
  });

  it("names the tab where the hash was empty", () => {
    expect(writeHash("", new Map([["step", "8"]]))).toBe("#attention&p.attention.step=8");
  });

  it("of another tab is not ours", () => {
    expect(
      ["#attention&p.attention.step=1", "", "#scalars", "#scalars&p.attention.step=1"].map(isOurs),
    ).toEqual([true, true, false, false]);
  });

  it.each([
    [
      "#attention&p.attention.layer=-1&p.attention.head=x&p.attention.step=1e9&p.attention.query=99999999999",
    ],
    [
      "#attention&p.attention.view=evil&p.attention.stack=evil&p.attention.drawing=&p.attention.scale=cubic",
    ],
    ["#attention&p.attention.heads=a.b&p.attention.pins=1_2.x&p.attention.run=%E0%A4%A"],
    ["#attention&p.attention.smallest=nonsense&&&=&p.attention."],
  ])("that is nonsense changes nothing that matters: %s", (hash) => {
    applyHash(hash);
    expect([layer.value, head.value, wantedStep.value, query.value, stack.value]).toEqual([
      0,
      0,
      null,
      null,
      null,
    ]);
    expect([
      view.value,
      drawing.value,
      scale.value,
      activeHeads.value,
      pins.value,
      run.value,
    ]).toEqual(["overview", "lines", "sqrt", null, [], ""]);
    expect(smallest.value).toBeNull();
  });

  it("reads keys with and without values", () => {
    expect([...parseHash("#attention&p.attention.run=a%3Db&p.attention.tag=&other=1")]).toEqual([
      ["run", "a=b"],
      ["tag", ""],
    ]);
  });
});
