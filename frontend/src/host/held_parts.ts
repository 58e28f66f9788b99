/**
 * The parts of a page that holds its own data: script elements whose text is base64 of gzip, as
 * tb_attention/standalone writes them. They are read when they are asked for, and from the frame
 * beside where this one has not got them.
 */

import { ApiError } from "../api/error";
import { parseJson } from "../api/json";
import { type Held, readIndex } from "../page/held";
import { partsBeside } from "./held_beside";

const PREFIX = "tb-attention-";

/** What the page of `own` holds; null where it is served by TensorBoard and holds nothing. */
export function heldIn(own: Window): Held | null {
  const textOf = (name: string) => own.document.getElementById(`${PREFIX}${name}`)?.textContent;
  if (textOf("index") === undefined) return null;
  const name = textOf("beside");
  const beside = name ? partsBeside(own, name) : null;
  const read = async (name: string): Promise<ArrayBuffer> => {
    const text = textOf(name) ?? (await beside?.(name));
    if (text === undefined)
      throw new ApiError("A part of this page is missing: it was saved in part. Make it anew.", 0);
    return unpacked(text);
  };
  const index = read("index").then((body) => readIndex(parseJson(body)));
  // Whoever asks gets the error; nobody may have asked yet.
  index.catch(() => {});
  return { index: () => index, part: (number) => read(String(number)) };
}

/** What the page shows when it is opened, as the address of the tab has it; "" for nothing. */
export function heldState(page: Document): string {
  return page.querySelector<HTMLMetaElement>(`meta[name="${PREFIX}state"]`)?.content ?? "";
}

function unpacked(base64: string): Promise<ArrayBuffer> {
  // Without a Blob, whose bytes Chromium sends to another process and back: 1 ms instead of 6.
  const { readable, writable } = new DecompressionStream("gzip");
  const writer = writable.getWriter();
  // Whoever reads gets the error.
  writer.write(bytesOf(base64)).catch(() => {});
  writer.close().catch(() => {});
  return new Response(readable).arrayBuffer();
}

/** Of browsers since 2025; the types do not have it yet. */
const NATIVE: Uint8ArrayConstructor & {
  readonly fromBase64?: (text: string) => Uint8Array<ArrayBuffer>;
} = Uint8Array;

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  if (NATIVE.fromBase64) return NATIVE.fromBase64(base64);
  const letters = atob(base64);
  // A loop takes a tenth of what Uint8Array.from with a function does.
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at++) bytes[at] = letters.charCodeAt(at);
  return bytes;
}
