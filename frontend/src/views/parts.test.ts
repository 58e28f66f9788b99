import { expect, it } from "vitest";
import { VIEW_NAMES } from "../state/chosen";
import { heldPart } from "./all_parts";
import { servedPart } from "./parts";

it.each(VIEW_NAMES)("the script of the %s view draws it", async (name) => {
  const part = await servedPart(name);
  expect(part.component.name.toLowerCase()).toBe(`${name}view`);
  expect(part.css.length).toBeGreaterThan(0);
  expect(await heldPart(name)).toBe(part);
});

it("is the story's where an address names none, or one that is none", async () => {
  const story = await servedPart("story");
  for (const name of ["", "evil", "constructor"]) expect(await servedPart(name)).toBe(story);
});
