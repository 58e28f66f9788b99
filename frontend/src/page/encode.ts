/** Arrays in safetensors framing, as the server sends them: the inverse of api/safetensors. */

export interface NumberArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array | Uint8Array;
}

function kind(data: NumberArray["data"]): string {
  if (data instanceof Float32Array) return "F32";
  if (data instanceof Float64Array) return "F64";
  return data instanceof Int32Array ? "I32" : "U8";
}

/** The bytes of arrays, and of JSON values about them. */
export function encodeArrays(
  arrays: Readonly<Record<string, NumberArray>>,
  metadata: Readonly<Record<string, unknown>> = {},
): ArrayBuffer {
  const texts = Object.entries(metadata).map(([name, value]) => [name, JSON.stringify(value)]);
  const header: Record<string, unknown> = { __metadata__: Object.fromEntries(texts) };
  let size = 0;
  for (const [name, { shape, data }] of Object.entries(arrays)) {
    header[name] = { dtype: kind(data), shape, data_offsets: [size, size + data.byteLength] };
    size += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Numbers begin at a multiple of 8 bytes, so that they are read without a copy.
  const start = 8 + Math.ceil(json.length / 8) * 8;
  const out = new Uint8Array(start + size).fill(0x20, 0, start);
  new DataView(out.buffer).setBigUint64(0, BigInt(start - 8), true);
  out.set(json, 8);
  let at = start;
  for (const { data } of Object.values(arrays)) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return out.buffer;
}
