/** The selection in the address, as #attention&p.attention.step=7: a link opens the same state. */

import { batch, effect, type Signal, untracked } from "@preact/signals";
import { asStack } from "../stacks";
import type { Drawing, ViewName } from "../types";
import {
  activeHeads,
  drawing,
  type HeadAddress,
  head,
  key,
  layer,
  pins,
  query,
  run,
  stack,
  tag,
  view,
  wantedStep,
} from "./chosen";
import { type CompareMode, compareMode, type WithStep, withRun, withStep, withTag } from "./compare";
import { followHostHash, hostHash, replaceHostHash, visible } from "./host";
import {
  type FirstToken,
  first,
  mass,
  mean,
  type Scale,
  type Segments,
  scale,
  segmentShare,
  segments,
  smallest,
  special,
  words,
} from "./show";

const TAB = "attention";
const PREFIX = "p.attention.";

/** One signal and its text; an empty text is the default and is left out of the address. */
interface Field {
  print(): string;
  parse(text: string): void;
}

function field<T>(of: Signal<T>, print: (value: T) => string, parse: (text: string) => T): Field {
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

function flag(of: Signal<boolean>): Field {
  return field(
    of,
    (value) => (value ? "1" : ""),
    (text) => text === "1",
  );
}

/** A number 0..1. */
function share(text: string): number {
  return Math.max(0, Math.min(1, Number(text) || 0));
}

const VIEWS: readonly ViewName[] = ["model", "head", "neuron"];
const DRAWINGS: readonly Drawing[] = ["lines", "text", "matrix"];
const SCALES: readonly Scale[] = ["linear", "sqrt"];
const FIRST: readonly FirstToken[] = ["show", "hide", "renormalise"];
const SEGMENTS: readonly Segments[] = ["all", "AA", "AB", "BA", "BB"];

const MODES: readonly CompareMode[] = ["off", "difference", "both"];

const FIELDS: ReadonlyMap<string, Field> = new Map([
  ["run", field(run, String, String)],
  ["tag", field(tag, String, String)],
  ["step", field(wantedStep, orEmpty, integerOrNull)],
  ["stack", field(stack, (value) => value ?? "", asStack)],
  ["layer", field(layer, String, count)],
  ["heads", field(activeHeads, (value) => value?.join(".") ?? "", counts)],
  ["head", field(head, String, count)],
  ["query", field(query, orEmpty, countOrNull)],
  ["key", field(key, orEmpty, countOrNull)],
  ["pins", field(pins, (value) => value.map((each) => `${each.layer}.${each.head}`).join("_"), headAddresses)],
  ["view", field(view, String, (text) => oneOf(VIEWS, text) ?? "model")],
  ["drawing", field(drawing, String, (text) => oneOf(DRAWINGS, text) ?? "lines")],
  ["scale", field(scale, String, (text) => oneOf(SCALES, text) ?? "sqrt")],
  ["mean", flag(mean)],
  ["smallest", field(smallest, String, share)],
  ["mass", field(mass, String, share)],
  ["first", field(first, String, (text) => oneOf(FIRST, text) ?? "show")],
  ["special", flag(special)],
  ["words", flag(words)],
  ["segments", field(segments, String, (text) => oneOf(SEGMENTS, text) ?? "all")],
  ["segmentShare", flag(segmentShare)],
  ["compare", field(compareMode, String, (text) => oneOf(MODES, text) ?? "off")],
  ["with_run", field(withRun, (value) => value ?? "", String)],
  ["with_tag", field(withTag, (value) => value ?? "", String)],
  ["with_step", field(withStep, String, withStepOf)],
]);

/** Values of our keys in a hash, by name without prefix. Parts that are no valid text are left out. */
export function parseHash(hash: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const part of hash.replace(/^#/, "").split("&")) {
    const at = part.indexOf("=");
    try {
      const name = decodeURIComponent(part.slice(0, at));
      if (at > 0 && name.startsWith(PREFIX)) values.set(name.slice(PREFIX.length), decodeURIComponent(part.slice(at + 1)));
    } catch {
      // A broken escape in an address that somebody typed: that key counts as absent.
    }
  }
  return values;
}

/** `hash` with our keys replaced by `values`; everything else in it stays. Empty values are left out. */
export function writeHash(hash: string, values: ReadonlyMap<string, string>): string {
  const parts = hash
    .replace(/^#/, "")
    .split("&")
    .filter((part) => part !== "" && !part.startsWith(PREFIX));
  if (parts.length === 0 || parts[0]?.includes("=")) parts.unshift(TAB);
  for (const [name, value] of values) if (value !== "") parts.push(`${PREFIX}${name}=${encodeURIComponent(value)}`);
  return `#${parts.join("&")}`;
}

/** True for an address that shows our tab, or no tab in particular. */
export function isOurs(hash: string): boolean {
  const first = hash.replace(/^#/, "").split("&")[0] ?? "";
  return first === "" || first === TAB || first.includes("=");
}

/** Sets every signal to what `hash` says, absent ones to their defaults. */
export function applyHash(hash: string): void {
  const values = parseHash(hash);
  batch(() => {
    for (const [name, each] of FIELDS) each.parse(values.get(name) ?? "");
  });
}

/** The selection as values of our keys. */
export function printSelection(): ReadonlyMap<string, string> {
  return new Map([...FIELDS].map(([name, each]) => [name, each.print()]));
}

/** Takes the selection from the address and keeps both the same from then on. Returns what ends it. */
export function followAddress(): () => void {
  const read = (): void => {
    if (isOurs(hostHash())) applyHash(hostHash());
  };
  read();
  const stopReading = followHostHash(read);
  const stopWriting = effect(() => {
    const values = printSelection();
    if (!visible.value) return;
    untracked(() => {
      const now = hostHash();
      const next = writeHash(now, values);
      if (isOurs(now) && next !== now) replaceHostHash(next);
    });
  });
  return () => {
    stopReading();
    stopWriting();
  };
}

function orEmpty(value: number | null): string {
  return value === null ? "" : String(value);
}

function count(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}

function countOrNull(text: string): number | null {
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** Steps may be as large as int64 in the files; here as exactly as a number can. */
function integerOrNull(text: string): number | null {
  return /^-?\d{1,16}$/.test(text) ? Number(text) : null;
}

function withStepOf(text: string): WithStep {
  return oneOf(["first", "previous", "same"] as const, text) ?? integerOrNull(text) ?? "first";
}

function counts(text: string): readonly number[] | null {
  const all = text.split(".").flatMap((each) => countOrNull(each) ?? []);
  return all.length > 0 ? [...new Set(all)].sort((a, b) => a - b) : null;
}

function headAddresses(text: string): readonly HeadAddress[] {
  return text.split("_").flatMap((each) => {
    const found = /^(\d{1,9})\.(\d{1,9})$/.exec(each);
    return found ? [{ layer: Number(found[1]), head: Number(found[2]) }] : [];
  });
}

function oneOf<T extends string>(all: readonly T[], text: string): T | null {
  return all.find((each) => each === text) ?? null;
}
