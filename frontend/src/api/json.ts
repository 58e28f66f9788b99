/** Reading of JSON that came from outside: every field is looked at before it is believed. */

import { unreadable } from "./error";

export type Json = Record<string, unknown>;

export function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object `value`, which the error calls `what`. */
export function record(value: unknown, what: string): Json {
  if (!isRecord(value)) throw unreadable(`${what} is not an object`);
  return value;
}

export function text(from: Json, field: string): string {
  const value = from[field];
  if (typeof value !== "string") throw unreadable(`${field} is not a text`);
  return value;
}

export function number(from: Json, field: string): number {
  const value = from[field];
  if (typeof value !== "number") throw unreadable(`${field} is not a number`);
  return value;
}

export function numberOrNull(from: Json, field: string): number | null {
  return from[field] === null || from[field] === undefined ? null : number(from, field);
}

export function flag(from: Json, field: string): boolean {
  const value = from[field];
  if (typeof value !== "boolean") throw unreadable(`${field} is neither true nor false`);
  return value;
}

/** The list `field`, each entry read by `read`. */
export function list<T>(
  from: Json,
  field: string,
  read: (value: unknown, what: string) => T,
): readonly T[] {
  const value: unknown = from[field];
  if (!Array.isArray(value)) throw unreadable(`${field} is not a list`);
  return value.map((each: unknown) => read(each, `an entry of ${field}`));
}

export function asText(value: unknown, what: string): string {
  if (typeof value !== "string") throw unreadable(`${what} is not a text`);
  return value;
}

export function asNumber(value: unknown, what: string): number {
  if (typeof value !== "number") throw unreadable(`${what} is not a number`);
  return value;
}

export function asFlag(value: unknown, what: string): boolean {
  if (typeof value !== "boolean") throw unreadable(`${what} is neither true nor false`);
  return value;
}

export function parseJson(body: ArrayBuffer): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw unreadable("it is not JSON");
  }
}
