import { expect, it } from "vitest";
import { checksum, dots, withChunks } from "./png_chunks";

/** A grey pixel: signature, header, data and end. */
const PNG = Uint8Array.from(
  atob(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==",
  ),
  (letter) => letter.charCodeAt(0),
);

function chunksOf(png: Uint8Array): { type: string; data: Uint8Array; sound: boolean }[] {
  const view = new DataView(png.buffer, png.byteOffset);
  const found = [];
  for (let at = 8; at < png.length; ) {
    const size = view.getUint32(at);
    const type = String.fromCharCode(...png.subarray(at + 4, at + 8));
    const sound = view.getUint32(at + 8 + size) === checksum(png.subarray(at + 4, at + 8 + size));
    found.push({ type, data: png.slice(at + 8, at + 8 + size), sound });
    at += 12 + size;
  }
  return found;
}

it("gives a PNG its words and its size, and leaves its pixels", () => {
  const chunks = chunksOf(withChunks(PNG, [["Text", "“ß” \u0000"]], dots(600)));
  expect(chunks.map((each) => [each.type, each.sound])).toEqual([
    ["IHDR", true],
    ["pHYs", true],
    ["iTXt", true],
    ["IDAT", true],
    ["IEND", true],
  ]);
  const [header, size, words, pixels] = chunks.map((each) => each.data);
  const before = chunksOf(PNG);
  expect([header, pixels]).toEqual([before[0]?.data, before[1]?.data]);
  // 600 dots an inch are 23,622 a metre.
  expect([...(size ?? [])]).toEqual([0, 0, 0x5c, 0x46, 0, 0, 0x5c, 0x46, 1]);
  expect(new TextDecoder().decode(words)).toBe("Text\0\0\0\0\0“ß” \ufffd");
});
