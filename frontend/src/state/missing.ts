/**
 * What was asked for and is not there: another value is shown in its place, while the address keeps
 * what was asked for, and the page says so. Where it comes, or is there in another run, it is shown.
 */

import { batch, signal } from "@preact/signals";
import { fields } from "./fields";

/** Two texts of the address. */
export interface Missing {
  readonly asked: string;
  /** What is shown instead. As long as that is chosen, nothing else was asked for. */
  readonly shown: string;
}

/** What may be missing, in the order in which the page says so. */
export const MAY_BE_MISSING = [
  "run",
  "tag",
  "step",
  "stack",
  "layer",
  "head",
  "query",
  "key",
  "view",
] as const;
export type MissingName = (typeof MAY_BE_MISSING)[number];

/** By name in the address. */
const all = signal<ReadonlyMap<string, Missing>>(new Map());
/** What the address was read with, by name. */
const linked = signal<ReadonlyMap<string, string>>(new Map());
/** What the address asks for and has not been there since it was read. */
const neverThere = signal<ReadonlySet<MissingName>>(new Set());
/** Names that were brought to what there is since the address was last written. */
const given = new Set<string>();

/** What is missing of `name`; null where what was asked for is shown. Reads signals. */
export function missing(name: string): Missing | null {
  const found = all.value.get(name);
  return found && found.shown === fields().get(name)?.print() ? found : null;
}

/**
 * Whether `name` still is what the address was read with: of what stays as it was asked for while
 * something else is shown. Reads signals.
 */
export function isLinked(name: string): boolean {
  const text = linked.value.get(name) ?? "";
  return text !== "" && text === fields().get(name)?.print();
}

/** The same, as long as the run and the probe are those that the address was read with. */
export function isLinkedHere(name: string): boolean {
  return (
    isLinked(name) && ["run", "tag"].every((each) => !linked.value.has(each) || isLinked(each))
  );
}

/**
 * Whether nothing but the address asked for what is missing: texts may be shorter at other steps
 * and in other probes, and what was shown once comes back by itself. Reads signals.
 */
export function wasNeverThere(name: MissingName): boolean {
  return neverThere.value.has(name);
}

/** The text of `name` in the address: what was asked for, also where it is missing. */
export function askedText(name: string): string {
  return missing(name)?.asked ?? fields().get(name)?.print() ?? "";
}

/** Brings what is chosen to what there is, by `change`, which nobody has asked for. */
export function give(name: MissingName, change: () => void): void {
  const [asked, before] = [askedText(name), fields().get(name)?.print()];
  batch(() => {
    change();
    if (fields().get(name)?.print() !== before) given.add(name);
    keep(name, asked);
    if (missing(name) === null) neverThere.value = without([name]);
  });
}

/** Something else was chosen in the place of these. */
export function forget(...names: readonly MissingName[]): void {
  if (!names.some((each) => all.peek().has(each))) return;
  neverThere.value = without(names);
  all.value = new Map([...all.peek()].filter(([each]) => !names.some((name) => name === each)));
}

/** Forgets what something else was chosen for in the meantime, by whatever way. Reads signals. */
export function forgetChosen(): void {
  forget(...MAY_BE_MISSING.filter((name) => all.value.has(name) && missing(name) === null));
}

/** An address was read: what no field could take of it is missing. */
export function readAsked(asked: ReadonlyMap<string, string>): void {
  linked.value = asked;
  all.value = new Map();
  given.clear();
  neverThere.value = new Set(MAY_BE_MISSING.filter((name) => asked.has(name)));
  for (const name of MAY_BE_MISSING) keep(name, asked.get(name) ?? "");
}

/** Names that were given since this was last asked. */
export function takeGiven(): ReadonlySet<string> {
  const taken = new Set(given);
  given.clear();
  return taken;
}

function without(names: readonly MissingName[]): ReadonlySet<MissingName> {
  const now = neverThere.peek();
  const left = [...now].filter((each) => !names.includes(each));
  return left.length < now.size ? new Set(left) : now;
}

function keep(name: MissingName, asked: string): void {
  const shown = fields().get(name)?.print() ?? "";
  const same = asked === shown || Number(asked) === Number(shown);
  const before = all.peek().get(name);
  if (asked === "" || same) forget(name);
  else if (before?.asked !== asked || before.shown !== shown)
    all.value = new Map(all.peek()).set(name, { asked, shown });
}
