/** Adds words and the true size to a PNG, in chunks before its pixels. */

const SIGNATURE_AND_HEADER = 33;
const PER_INCH = 25.4;

/** `pixelsPerMillimetre`: how large a program should print it. */
export function withChunks(
  png: Uint8Array,
  entries: readonly (readonly [name: string, value: string])[],
  pixelsPerMillimetre: number,
): Uint8Array<ArrayBuffer> {
  const added = [
    chunk("pHYs", physical(pixelsPerMillimetre)),
    ...entries.map(([name, value]) => chunk("iTXt", international(name, value))),
  ];
  const size = added.reduce((sum, each) => sum + each.length, png.length);
  const whole = new Uint8Array(size);
  whole.set(png.subarray(0, SIGNATURE_AND_HEADER));
  let at = SIGNATURE_AND_HEADER;
  for (const each of added) {
    whole.set(each, at);
    at += each.length;
  }
  whole.set(png.subarray(SIGNATURE_AND_HEADER), at);
  return whole;
}

/** Pixels of a millimetre at so many dots per inch. */
export function dots(perInch: number): number {
  return perInch / PER_INCH;
}

function physical(pixelsPerMillimetre: number): Uint8Array {
  const data = new DataView(new ArrayBuffer(9));
  const perMetre = Math.round(pixelsPerMillimetre * 1000);
  data.setUint32(0, perMetre);
  data.setUint32(4, perMetre);
  data.setUint8(8, 1);
  return new Uint8Array(data.buffer);
}

/** A keyword in Latin-1, no compression, no language, and text in UTF-8. */
function international(name: string, value: string): Uint8Array {
  return new TextEncoder().encode(`${name}\0\0\0\0\0${value.replaceAll("\0", "\ufffd")}`);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const whole = new Uint8Array(data.length + 12);
  const view = new DataView(whole.buffer);
  view.setUint32(0, data.length);
  whole.set(new TextEncoder().encode(type), 4);
  whole.set(data, 8);
  view.setUint32(data.length + 8, checksum(whole.subarray(4, data.length + 8)));
  return whole;
}

/** CRC-32 as PNG and gzip have it. */
export function checksum(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
