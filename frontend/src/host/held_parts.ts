/**
 * The parts of a page that holds its own data: script elements whose text is base64 of gzip, as
 * tb_attention/standalone writes them. They are read when they are asked for.
 */

import { ApiError } from "../api/error";
import { parseJson } from "../api/json";
import { type Held, readIndex } from "../page/held";

const PREFIX = "tb-attention-";

/** What `page` holds; null where it is served by TensorBoard and holds nothing. */
export function heldIn(page: Document): Held | null {
  if (!page.getElementById(`${PREFIX}index`)) return null;
  const read = async (name: string): Promise<ArrayBuffer> => {
    const text = page.getElementById(`${PREFIX}${name}`)?.textContent;
    if (text === null || text === undefined)
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

async function unpacked(base64: string): Promise<ArrayBuffer> {
  const letters = atob(base64);
  // A loop takes a tenth of what Uint8Array.from with a function does.
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at++) bytes[at] = letters.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}
