/**
 * Readers of JSON that came from outside: every field is looked at before it is believed. What a
 * reader returns is its type.
 */

import { unreadable } from "./error";

/** Checks `value`, which an error calls `what`, and returns it with its type. */
export type Reader<T> = (value: unknown, what: string) => T;

export const text: Reader<string> = (value, what) => {
  if (typeof value !== "string") throw unreadable(`${what} is not a text`);
  return value;
};

export const number: Reader<number> = (value, what) => {
  if (typeof value !== "number") throw unreadable(`${what} is not a number`);
  return value;
};

/** What JSON has no word for comes as a text. */
const SPELLED: ReadonlyMap<unknown, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

/** A number that a run which diverges may have made infinite, or not a number. */
export const real: Reader<number> = (value, what) => SPELLED.get(value) ?? number(value, what);

export const flag: Reader<boolean> = (value, what) => {
  if (typeof value !== "boolean") throw unreadable(`${what} is neither true nor false`);
  return value;
};

/**
 * A field that is absent is an error all the same: what the server calls otherwise must not pass
 * for nothing.
 */
export function orNull<T>(read: Reader<T>): Reader<T | null> {
  return (value, what) => (value === null ? null : read(value, what));
}

export function list<T>(read: Reader<T>): Reader<readonly T[]> {
  return (value, what) => {
    if (!Array.isArray(value)) throw unreadable(`${what} is not a list`);
    return value.map((each: unknown) => read(each, `an entry of ${what}`));
  };
}

export function pair<A, B>(first: Reader<A>, second: Reader<B>): Reader<readonly [A, B]> {
  return (value, what) => {
    if (!Array.isArray(value) || value.length !== 2) throw unreadable(`${what} is not a pair`);
    return [first(value[0], what), second(value[1], what)];
  };
}

type Fields<F extends Readonly<Record<string, Reader<unknown>>>> = {
  readonly [name in keyof F]: ReturnType<F[name]>;
};

/** An object with these fields; others are left out. */
export function object<F extends Readonly<Record<string, Reader<unknown>>>>(
  fields: F,
): Reader<Fields<F>> {
  return (value, what) => {
    if (!isRecord(value)) throw unreadable(`${what} is not an object`);
    const read = Object.entries(fields).map(([name, each]) => [name, each(value[name], name)]);
    return Object.fromEntries(read) as Fields<F>;
  };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function parseJson(body: ArrayBuffer): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw unreadable("it is not JSON");
  }
}
