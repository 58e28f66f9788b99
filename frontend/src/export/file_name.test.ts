import { expect, it } from "vitest";
import { fileName, headsText } from "./file_name";

it.each([
  [["gpt2/lr=3e-5", "doctor she", "step-0", "", "head"], "gpt2-lr=3e-5_doctor-she_step-0_head.csv"],
  [["../../etc", ".", 'a<b>:"|?*'], "etc_a-b.csv"],
  [["Ärzte", "שלום"], "Ärzte_שלום.csv"],
  [["x".repeat(500)], `${"x".repeat(60)}.csv`],
  [
    Array.from({ length: 9 }, () => "y".repeat(50)),
    `${`${"y".repeat(50)}_`.repeat(4).slice(0, 180)}.csv`,
  ],
  [[""], "attention.csv"],
])("%j", (parts, name) => expect(fileName(parts, "csv")).toBe(name));

it.each([
  [[3], "head-3"],
  [[5, 0, 1, 2], "heads-0-2+5"],
  [["mean of 4 heads"], "mean of 4 heads"],
  [[], ""],
])("%j as %s", (heads, text) => expect(headsText(heads)).toBe(text));
