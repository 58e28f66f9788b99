import { expect, it } from "vitest";
import { fileName } from "./file_name";

it.each([
  [["gpt2/lr=3e-5", "doctor she", "step-0", "", "head"], "gpt2-lr=3e-5_doctor-she_step-0_head.csv"],
  [["../../etc", ".", 'a<b>:"|?*'], "etc_a-b.csv"],
  [["Ärzte", "שלום"], "Ärzte_שלום.csv"],
  [["x".repeat(500)], `${"x".repeat(60)}.csv`],
  [[""], "attention.csv"],
])("%j", (parts, name) => expect(fileName(parts, "csv")).toBe(name));
