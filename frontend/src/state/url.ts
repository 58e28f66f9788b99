/** The selection in the address, as #attention&p.attention.step=7: a link opens the same state. */

import { batch, effect, untracked } from "@preact/signals";
import type { Host, Stop } from "../host/host";
import { fields, readFields, unreadFields } from "./fields";
import { isOurs, parseHash, writeHash } from "./hash";
import { visible } from "./host";
import { askedText, forgetChosen, readAsked, takeGiven } from "./missing";
import { beginOpening, opening } from "./opening";

/** Back goes to what these were; everything else changes within an entry of the history. */
const ENTRIES = ["run", "tag", "stack", "view", "layer", "head", "heads"];
/** Another head so soon after the last one is passed by, in milliseconds. */
const PASSED_BY = 400;

/** Sets every signal to what `hash` says, absent ones to their defaults. */
export function applyHash(hash: string): void {
  const values = parseHash(hash);
  batch(() => {
    readFields(values);
    readAsked(values);
  });
}

/** The selection as values of our keys, with what was asked for where that is missing. */
export function printSelection(): ReadonlyMap<string, string> {
  const known = [...fields().keys()].map((name): [string, string] => [name, askedText(name)]);
  return new Map([...known, ...unreadFields()]);
}

/**
 * Takes the selection from the host's address and keeps both the same from then on: a view, run,
 * probe or head that was chosen is an entry in the history. Returns what ends it.
 */
export function followAddress(host: Host): Stop {
  let before: ReadonlyMap<string, string> | null = null;
  /** Where the tab opens by itself is no step away from where it was. */
  let opens = false;
  let passing = "";
  let pushed = Number.NEGATIVE_INFINITY;
  /** Whether `values` are somewhere else than those before, and not only passed by. */
  const goes = (values: ReadonlyMap<string, string>): boolean => {
    const given = takeGiven();
    const changed = ENTRIES.filter((name) => before && values.get(name) !== before.get(name));
    if (changed.every((name) => given.has(name))) return false;
    const headOnly = changed.every((name) => ["layer", "head", "heads"].includes(name));
    const now = performance.now();
    const passes = headOnly && passing === "head" && now - pushed < PASSED_BY;
    [passing, pushed] = [headOnly ? "head" : "", now];
    return !passes;
  };
  const read = (): void => {
    const hash = host.hash();
    if (!isOurs(hash)) return;
    // The tab is opened again by its header, which knows of no state: what was looked at is there.
    if (before !== null && !opens && parseHash(hash).size === 0) {
      host.replaceHash(writeHash(hash, before));
      return;
    }
    before = null;
    batch(() => {
      applyHash(hash);
      beginOpening();
    });
    before = printSelection();
  };
  read();
  const stopReading = host.followHash(read);
  const stopWriting = effect(() => {
    const values = printSelection();
    if (!visible.value) return;
    if (opening.value) {
      opens = true;
      return;
    }
    untracked(() => {
      forgetChosen();
      const push = goes(values) && !opens;
      opens = false;
      before = values;
      const now = host.hash();
      const next = writeHash(now, values);
      if (!isOurs(now) || next === now) return;
      if (push) host.pushHash(next);
      else host.replaceHash(next);
    });
  });
  return () => {
    stopReading();
    stopWriting();
  };
}
