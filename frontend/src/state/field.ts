/** How a signal becomes a text of the address and back. */

import type { Signal } from "@preact/signals";

/** One signal and its text; an empty text is the default and is left out of the address. */
export interface Field {
  print(): string;
  parse(text: string): void;
}

export function field<T>(
  of: Signal<T>,
  print: (value: T) => string,
  parse: (text: string) => T,
): Field {
  const fallback = of.peek();
  const unset = print(fallback);
  return {
    print: () => (print(of.value) === unset ? "" : print(of.value)),
    parse: (text) => {
      const value = text === "" ? fallback : parse(text);
      // A list that says the same must not count as a change.
      if (print(value) !== print(of.peek())) of.value = value;
    },
  };
}

export function flag(of: Signal<boolean>): Field {
  return field(
    of,
    (value) => (value ? "1" : ""),
    (text) => text === "1",
  );
}

/** One of a few words; what is none of them is the default. */
export function choice<T extends string>(of: Signal<T>, all: readonly T[]): Field {
  const fallback = of.peek();
  return field(of, String, (text) => oneOf(all, text) ?? fallback);
}

/** A number 0..1. */
export function share(text: string): number {
  return Math.max(0, Math.min(1, Number(text) || 0));
}

/** What is no number is null. */
export function shareOrNull(text: string): number | null {
  return text.trim() === "" || Number.isNaN(Number(text)) ? null : share(text);
}

export function orEmpty(value: number | null): string {
  return value === null ? "" : String(value);
}

export function count(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}

export function countOrNull(text: string): number | null {
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** Steps may be as large as int64 in the files; here as exactly as a number can. */
export function integerOrNull(text: string): number | null {
  return /^-?\d{1,16}$/.test(text) ? Number(text) : null;
}

export function counts(text: string): readonly number[] | null {
  const all = text.split(".").flatMap((each) => countOrNull(each) ?? []);
  return all.length > 0 ? [...new Set(all)].sort((a, b) => a - b) : null;
}

export function oneOf<T extends string>(all: readonly T[], text: string): T | null {
  return all.find((each) => each === text) ?? null;
}
