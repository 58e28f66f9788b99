import { signal } from "@preact/signals";
import { expect, it } from "vitest";
import { field } from "./field";
import { inAddress } from "./fields";
import { applyHash, printSelection } from "./url";

it("a signal that comes with the script of a view finds what the address has for it", () => {
  applyHash("#attention&p.attention.late=7&p.attention.layer=2");
  expect(printSelection().get("late")).toBe("7");
  const late = signal("");
  inAddress("late", field(late, String, String));
  expect(late.value).toBe("7");
  late.value = "8";
  expect(printSelection().get("late")).toBe("8");
  applyHash("#attention");
  expect([late.value, printSelection().get("late")]).toEqual(["", ""]);
});
