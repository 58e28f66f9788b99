/**
 * Reads safetensors as typed arrays by name: 8 bytes of little-endian header length, JSON header,
 * buffers.
 */

import { unreadable } from "./error";
import { isRecord, object, type Reader } from "./json";

/**
 * Float16 is widened to float32; every other kind is a view of the bytes where their alignment
 * allows it.
 */
export type TensorData = Float32Array | Float64Array | Int32Array | Uint16Array | Uint8Array;

export interface Tensor {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export interface Bundle {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: ReadonlyMap<string, string>;
  readonly bytes: number;
}

const BYTES: Record<string, number> = { F64: 8, F32: 4, F16: 2, I32: 4, U16: 2, U8: 1 };

export function decodeSafetensors(buffer: ArrayBuffer): Bundle {
  if (buffer.byteLength < 8) throw unreadable("it ends inside its header");
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  if (8 + length > buffer.byteLength) throw unreadable("it ends inside its header");
  const header: unknown = parseHeader(new Uint8Array(buffer, 8, length));
  if (!isRecord(header)) throw unreadable("its header is not an object");
  const tensors = new Map<string, Tensor>();
  const metadata = new Map<string, string>();
  let bytes = 0;
  for (const [name, entry] of Object.entries(header)) {
    if (!isRecord(entry)) throw unreadable(`the header of ${name} is not an object`);
    if (name === "__metadata__") {
      for (const [key, value] of Object.entries(entry)) metadata.set(key, String(value));
    } else {
      const tensor = decodeTensor(name, entry, buffer, 8 + length);
      tensors.set(name, tensor);
      bytes += tensor.data.byteLength;
    }
  }
  return { tensors, metadata, bytes };
}

/** The float32 tensor `name` with `dimensions` dimensions. */
export function floats(
  bundle: Bundle,
  name: string,
  dimensions: number,
): { shape: readonly number[]; data: Float32Array } {
  const tensor = find(bundle, name, dimensions);
  if (!(tensor.data instanceof Float32Array)) throw unreadable(`${name} is not a tensor of floats`);
  return { shape: tensor.shape, data: tensor.data };
}

/** The uint8 tensor `name` with `dimensions` dimensions. */
export function octets(
  bundle: Bundle,
  name: string,
  dimensions: number,
): { shape: readonly number[]; data: Uint8Array } {
  const tensor = find(bundle, name, dimensions);
  if (!(tensor.data instanceof Uint8Array)) throw unreadable(`${name} is not a tensor of octets`);
  return { shape: tensor.shape, data: tensor.data };
}

/** The uint16 tensor `name` with `dimensions` dimensions. */
export function shorts(
  bundle: Bundle,
  name: string,
  dimensions: number,
): { shape: readonly number[]; data: Uint16Array } {
  const tensor = find(bundle, name, dimensions);
  if (!(tensor.data instanceof Uint16Array)) throw unreadable(`${name} is not a tensor of uint16`);
  return { shape: tensor.shape, data: tensor.data };
}

/** The one-dimensional tensor `name`, of any type, as numbers. */
export function numbersOf(bundle: Bundle, name: string): readonly number[] {
  return Array.from(find(bundle, name, 1).data);
}

/** The values of the metadata, which are texts that hold JSON. */
export function metadata<F extends Readonly<Record<string, Reader<unknown>>>>(
  bundle: Bundle,
  fields: F,
) {
  return object(fields)(
    Object.fromEntries(Object.keys(fields).map((name) => [name, metadataValue(bundle, name)])),
    "the metadata",
  );
}

function metadataValue(bundle: Bundle, name: string): unknown {
  const text = bundle.metadata.get(name);
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    throw unreadable(`${name} of its metadata is not JSON`);
  }
}

function find(bundle: Bundle, name: string, dimensions: number): Tensor {
  const tensor = bundle.tensors.get(name);
  if (!tensor) throw unreadable(`there is no tensor ${name} in it`);
  if (tensor.shape.length !== dimensions)
    throw unreadable(`${name} has ${tensor.shape.length} dimensions, not ${dimensions}`);
  return tensor;
}

function parseHeader(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw unreadable("its header is not JSON");
  }
}

function decodeTensor(
  name: string,
  entry: Record<string, unknown>,
  buffer: ArrayBuffer,
  start: number,
): Tensor {
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== "string" || !isCounts(shape) || !isCounts(offsets))
    throw unreadable(`the header of ${name} is incomplete`);
  const size = BYTES[dtype];
  if (size === undefined) throw unreadable(`${name} has the unknown type ${dtype}`);
  const [from = 0, to = 0] = offsets;
  const count = shape.reduce((product, each) => product * each, 1);
  if (to - from !== count * size || start + to > buffer.byteLength)
    throw unreadable(`the size of ${name} does not fit its shape`);
  return { shape, data: view(dtype, buffer, start + from, count, size) };
}

function view(
  dtype: string,
  buffer: ArrayBuffer,
  offset: number,
  count: number,
  size: number,
): TensorData {
  if (dtype === "U8") return new Uint8Array(buffer, offset, count);
  // A typed array must begin at a multiple of its element size; safetensors pads its header so that
  // this copy is rare.
  const aligned = offset % size === 0;
  const [bytes, at] = aligned ? [buffer, offset] : [buffer.slice(offset, offset + count * size), 0];
  if (dtype === "F32") return new Float32Array(bytes, at, count);
  if (dtype === "F64") return new Float64Array(bytes, at, count);
  if (dtype === "I32") return new Int32Array(bytes, at, count);
  if (dtype === "U16") return new Uint16Array(bytes, at, count);
  return widen(new Uint16Array(bytes, at, count));
}

let halves: Float32Array | null = null;

/** Of browsers since 2025; the types do not have it yet. */
const NATIVE: {
  readonly Float16Array?: new (
    buffer: ArrayBufferLike,
    offset: number,
    length: number,
  ) => ArrayLike<number>;
} & typeof globalThis = globalThis;

/** float16 bits to float32; in older browsers by a table of all 65,536 values. */
function widen(bits: Uint16Array): Float32Array {
  if (NATIVE.Float16Array)
    return new Float32Array(new NATIVE.Float16Array(bits.buffer, bits.byteOffset, bits.length));
  halves ??= Float32Array.from({ length: 65536 }, (_, half) => halfToFloat(half));
  const table = halves;
  const out = new Float32Array(bits.length);
  for (let index = 0; index < bits.length; index++) out[index] = table[bits[index] ?? 0] ?? 0;
  return out;
}

function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((each) => Number.isInteger(each) && each >= 0);
}
