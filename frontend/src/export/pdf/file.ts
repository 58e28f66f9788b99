/** The objects of a PDF, and the file that they make. */

import { number } from "../xml";

/** What stands behind an object's number: words of PDF, and bytes where it is a stream. */
interface PdfObject {
  readonly words: string;
  readonly stream: Uint8Array<ArrayBuffer> | null;
}

/** A reference to an object, as other objects spell it. */
export type Reference = `${number} 0 R`;

export class PdfFile {
  private readonly objects: (PdfObject | null)[] = [];

  /** A number for an object that comes later. */
  reserve(): Reference {
    this.objects.push(null);
    return `${this.objects.length} 0 R`;
  }

  add(words: string, stream: Uint8Array<ArrayBuffer> | null = null): Reference {
    const reference = this.reserve();
    this.put(reference, words, stream);
    return reference;
  }

  /** `words`: of a stream those within its dictionary. */
  put(reference: Reference, words: string, stream: Uint8Array<ArrayBuffer> | null = null): void {
    this.objects[Number.parseInt(reference, 10) - 1] = { words, stream };
  }

  /** The file; streams are compressed. */
  async bytes(root: Reference, info: Reference): Promise<Blob> {
    const parts: BlobPart[] = [];
    const places: number[] = [];
    let length = 0;
    const write = (part: string | Uint8Array<ArrayBuffer>): void => {
      const bytes = typeof part === "string" ? new TextEncoder().encode(part) : part;
      parts.push(bytes);
      length += bytes.length;
    };
    // The second line says that the file is not of text alone.
    write("%PDF-1.7\n");
    write(Uint8Array.of(0x25, 0xe2, 0xe3, 0xcf, 0xd3, 0x0a));
    for (const [at, object] of this.objects.entries()) {
      places.push(length);
      const { words, stream } = object ?? { words: "null", stream: null };
      if (stream === null) {
        write(`${at + 1} 0 obj\n${words}\nendobj\n`);
        continue;
      }
      const packed = await through(stream, new CompressionStream("deflate"));
      write(
        `${at + 1} 0 obj\n<< ${words} /Filter /FlateDecode /Length ${packed.length} >>\nstream\n`,
      );
      write(packed);
      write("\nendstream\nendobj\n");
    }
    const start = length;
    const lines = places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`);
    write(`xref\n0 ${places.length + 1}\n0000000000 65535 f \n${lines.join("")}`);
    write(`trailer\n<< /Size ${places.length + 1} /Root ${root} /Info ${info} >>\n`);
    write(`startxref\n${start}\n%%EOF\n`);
    return new Blob(parts, { type: "application/pdf" });
  }
}

/** All of `bytes` after a compression or its reverse. */
export async function through(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
  const piped = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(piped).arrayBuffer());
}

/** Text of any script as PDF spells it: UTF-16, in hexadecimal digits. */
export function textOf(text: string): string {
  const units = Array.from({ length: text.length }, (_, at) => hex(text.charCodeAt(at), 4));
  return `<FEFF${units.join("")}>`;
}

export function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}

/** Numbers beside each other, as operators take them. */
export function numbers(...values: readonly number[]): string {
  return values.map((each) => number(each, 4)).join(" ");
}
