import { expect, it } from "vitest";
import { readTypes } from "../../api/answers/types";
import { decodeSafetensors } from "../../api/safetensors";
import golden from "../../golden/types.safetensors?url&inline";
import { USUAL_TYPES } from "./TypeChips";

it("the room of the chips is that of the types as the server has them", () => {
  const bytes = Uint8Array.from(atob(golden.split(",")[1] ?? ""), (letter) => letter.charCodeAt(0));
  const { types } = readTypes(decodeSafetensors(bytes.buffer));
  expect(types.map(({ name }) => name)).toEqual([...USUAL_TYPES]);
});
