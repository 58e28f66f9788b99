/**
 * Under the words: the query, the key, what the pointer is at, what was found; and the marks
 * between words. The words themselves are not drawn again for it.
 */

import type { JSX } from "preact";
import { hover } from "../../state/hover";
import { key, layer, query } from "../../state/selection";
import { active, hitNow, hits, type Strip } from "./state";

interface Marked {
  readonly look: string;
  readonly first: number;
  readonly last: number;
}

export function StripMarks({ strip }: { readonly strip: Strip }): JSX.Element {
  return (
    <div class="strip-marks" aria-hidden="true">
      <Between strip={strip} />
      <Boxed strip={strip} of={foundIn} />
      <Boxed strip={strip} of={pointedIn} />
      <Boxed strip={strip} of={chosenIn} />
    </div>
  );
}

/** Roles, documents, segments, and where the model goes on. */
function Between({ strip }: { readonly strip: Strip }): JSX.Element {
  const { marks } = strip.boxes.value;
  return (
    <>
      {marks.map(({ left, top }, index) => {
        const mark = strip.marks.value[index];
        return (
          <span
            key={mark?.at}
            class="strip-between"
            title={mark?.hint}
            style={{ left: `${left}px`, top: `${top}px` }}
          >
            {mark?.label}
          </span>
        );
      })}
    </>
  );
}

interface BoxedProps {
  readonly strip: Strip;
  readonly of: (strip: Strip) => readonly Marked[];
}

function Boxed({ strip, of }: BoxedProps): JSX.Element {
  const { left, top, width, height } = strip.boxes.value;
  const seen = new Set(strip.seen.value);
  return (
    <>
      {of(strip).flatMap(({ look, first, last }) =>
        Array.from({ length: last - first + 1 }, (_, place) => first + place)
          .filter((at) => seen.has(at))
          .map((at) => (
            <i
              key={`${look} ${at}`}
              class={`strip-mark ${look}`}
              style={{
                left: `${(left[at] ?? 0) - 1}px`,
                top: `${top[at]}px`,
                width: `${(width[at] ?? 0) + 2}px`,
                height: `${height[at]}px`,
              }}
            />
          )),
      )}
    </>
  );
}

function foundIn(strip: Strip): readonly Marked[] {
  const now = hits.value[hitNow.value];
  return strip.hits.value.map((hit) => ({ ...hit, look: hit === now?.hit ? "hit now" : "hit" }));
}

/** What the pointer is at, here or in the view. */
function pointedIn({ side }: Strip): readonly Marked[] {
  const at = hover.value;
  if (at === null || at.layer !== layer.value) return [];
  return [
    ...place(side === "key" ? null : at.query, "query pointed"),
    ...place(side === "query" ? null : at.key, "key pointed"),
  ];
}

function chosenIn(strip: Strip): readonly Marked[] {
  const { side } = strip;
  const at = active.value;
  return [
    ...place(side === "key" ? null : query.value, "query"),
    ...place(side === "query" ? null : key.value, "key"),
    ...(at?.strip === strip ? place(at.place, "active") : []),
  ];
}

function place(at: number | null, look: string): readonly Marked[] {
  return at === null ? [] : [{ look, first: at, last: at }];
}
