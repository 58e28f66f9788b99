import { expect, it } from "vitest";
import { checkedText } from "./checked";

it("says how far a layer is off", () => {
  const { short, full } = checkedText({ error: 3.1e-4, unchecked: "" });
  expect(short).toBe("checked: off by 3e−4");
  expect(full).toMatch(/^Checked against the model's own output: off by 3e−4,/);
  expect(checkedText({ error: 0.021, unchecked: "" }).short).toBe("checked: off by 0.021");
  expect(checkedText({ error: 0, unchecked: "" }).short).toBe("checked: off by 0");
});

it("says why a layer was not checked, where that is known", () => {
  const dropout = checkedText({ error: null, unchecked: "dropout is on" });
  expect(dropout.short).toBe("not checked");
  expect(dropout.full).toBe("Not checked against the model's own output, because dropout is on.");
  const old = checkedText({ error: null, unchecked: "" });
  expect(old.full).toBe("Not checked against the model's own output.");
});
