/** `lessons`: what each head type and each kind of finding is. */

import { list, object, text } from "../json";

const lesson = object({
  /** Of a head type, or of a kind of finding. */
  name: text,
  what: text,
  measured: text,
  /** What it does not say. */
  limits: text,
  /** Where it was described; may be empty. */
  source: text,
});

const lessons = object({ lessons: list(lesson) });

export function readLessons(value: unknown) {
  return lessons(value, "the lessons");
}

export type Lesson = ReturnType<typeof lesson>;
export type Lessons = ReturnType<typeof readLessons>;
