import { expect, it } from "vitest";
import { Latest } from "./latest";

it("gives up the task before, after the new one has begun", async () => {
  const latest = new Latest();
  const order: string[] = [];
  void latest.run(async (signal) => {
    signal.addEventListener("abort", () => order.push("first given up"));
  });
  await latest.run(async () => {
    order.push("second begins");
  });
  expect(order).toEqual(["second begins", "first given up"]);
});

it("gives up without a successor", () => {
  const latest = new Latest();
  let given = false;
  void latest.run(async (signal) => {
    signal.addEventListener("abort", () => {
      given = true;
    });
  });
  latest.giveUp();
  expect(given).toBe(true);
});
