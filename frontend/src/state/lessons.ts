/** Lessons: what head types and kinds of findings are, and the one that is open. */

import { signal } from "@preact/signals";
import type { PluginApi } from "../api/plugin";
import type { Finding, Lesson, Lessons } from "../types";
import { type Asked, keepAsking, NOT_ASKED } from "./ask";
import { headTypes } from "./histories";
import { showsHistory } from "./view";

export const askedLessons = signal<Asked<Lessons>>(NOT_ASKED);
/** Name of the lesson that is open; null: none is. */
export const openedLesson = signal<string | null>(null);

/** null where there is none, or it is not there yet. Reads signals. */
export function lessonOf(name: string): Lesson | null {
  return askedLessons.value.value?.lessons.find((each) => each.name === name) ?? null;
}

/** The lesson of a finding: what the type of its heads is, else what such a finding is. */
export function lessonFor({ kind, metric }: Finding): string {
  const type = headTypes.value?.types.find((each) => each.metric === metric);
  return kind.startsWith("type ") && type ? type.name : kind;
}

/** Asks once, where a view tells of lessons. Returns what ends it. */
export function followLessons(api: PluginApi): () => void {
  return keepAsking(askedLessons, () =>
    showsHistory("lessons")
      ? { of: "lessons", version: "", ask: (signal) => api.lessons(signal) }
      : null,
  );
}
