import { afterEach, expect, it } from "vitest";
import { first, mass, scale, smallest, words } from "./show";
import { showSummary } from "./show_summary";

afterEach(() => {
  first.value = "show";
  mass.value = 1;
  scale.value = "sqrt";
  smallest.value = null;
  words.value = false;
});

it("says what is shown by itself", () => {
  expect(showSummary()).toBe("weight · square root · from half of the even weight");
});

it("names everything that was set", () => {
  first.value = "renormalise";
  mass.value = 0.955;
  scale.value = "linear";
  smallest.value = 0.1;
  words.value = true;
  expect(showSummary()).toBe(
    "weight · linear · without the first token, renormalised · from 0.1 · 95.5 % of each query · whole words",
  );
});
