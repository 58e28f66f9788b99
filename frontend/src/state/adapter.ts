/**
 * A model with its adapter and without: the logger writes the second as a run of its own below the
 * first, with the same probes and steps.
 */

import { computed } from "@preact/signals";
import { run, tag } from "./chosen";
import { compareWith } from "./compare";
import { findTag, knownRuns } from "./scope";

/** The last part of the name of a run, as tb_attention/log/probe_log.py has it. */
const WITHOUT_ADAPTER = "without-adapter";

interface AdapterTwin {
  readonly run: string;
  /** Whether that is the model with its adapter. */
  readonly adapted: boolean;
}

/** The run of the same training with the adapter, or without, by their names. */
export function twinOf(name: string): AdapterTwin {
  if (name === WITHOUT_ADAPTER) return { run: ".", adapted: true };
  if (name.endsWith(`/${WITHOUT_ADAPTER}`))
    return { run: name.slice(0, -WITHOUT_ADAPTER.length - 1), adapted: true };
  return { run: name === "." ? WITHOUT_ADAPTER : `${name}/${WITHOUT_ADAPTER}`, adapted: false };
}

/** That of what is shown; null where this probe was not logged in it. */
export const adapterTwin = computed<AdapterTwin | null>(() => {
  const twin = twinOf(run.value);
  return findTag(knownRuns.value, twin.run, tag.value) && twin;
});

/** Compares with the same text and step of the model without its adapter, or with it. */
export function compareAdapter(): void {
  const twin = adapterTwin.peek();
  if (twin) compareWith({ run: twin.run, tag: tag.peek(), step: "same" });
}
