import { expect, it } from "vitest";
import { heldIn } from "./held_parts";

/** A window whose document has these elements. */
function pageWith(texts: Readonly<Record<string, string>>): Window {
  const found = (id: string) => (id in texts ? { textContent: texts[id] } : null);
  return { document: { getElementById: found } } as unknown as Window;
}

async function packed(text: string): Promise<string> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}

function indexOf(version: number): Promise<string> {
  return packed(JSON.stringify({ version, fonts: [], answers: [], layers: [] }));
}

it("is nothing in a page of TensorBoard", () => {
  expect(heldIn(pageWith({}))).toBeNull();
});

it.each(["by a loop", "as newer browsers do"])("unpacks the index and parts %s", async (how) => {
  const fromBase64 = (text: string) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
  const value = how === "by a loop" ? undefined : fromBase64;
  Object.defineProperty(Uint8Array, "fromBase64", { value, configurable: true });
  const held = heldIn(
    pageWith({ "tb-attention-index": await indexOf(1), "tb-attention-3": await packed("three") }),
  );
  expect(await held?.index()).toMatchObject({ version: 1, answers: [] });
  expect(new TextDecoder().decode(await held?.part(3))).toBe("three");
});

it("says that a part is missing, and that the page is of another version", async () => {
  const held = heldIn(pageWith({ "tb-attention-index": await indexOf(1) }));
  await expect(held?.part(3)).rejects.toThrow("A part of this page is missing");
  const other = heldIn(pageWith({ "tb-attention-index": await indexOf(2) }));
  await expect(other?.index()).rejects.toThrow("another version");
});
