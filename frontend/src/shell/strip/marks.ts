/** What stands between the words of a text: roles, documents, segments, where it was generated. */

import { displayToken } from "../../state/tokens";
import type { Sequence } from "../../types";

/** Stands before token `at`. */
export interface TextMark {
  readonly at: number;
  readonly label: string;
  /** The same in words. */
  readonly hint: string;
}

/** Longest name of a run of tokens. */
const LONGEST = 18;

/** In the order of the text; what begins at the same token is one mark. */
export function marksOf(sequence: Sequence): readonly TextMark[] {
  const found = [
    ...documentMarks(sequence),
    ...segmentMarks(sequence),
    ...spanMarks(sequence),
    ...promptMark(sequence),
  ];
  const places = [...new Set(found.map(({ at }) => at))].sort((a, b) => a - b);
  return places.map((at) => {
    const here = found.filter((each) => each.at === at);
    // The bar that ends a run says nothing where something else begins.
    const named = here.filter(({ label }) => label !== END);
    const shown = named.length > 0 ? named : here.slice(0, 1);
    return {
      at,
      label: shown.map(({ label }) => label).join(" · "),
      hint: here.map(({ hint }) => hint).join("; "),
    };
  });
}

const END = "|";

function documentMarks({ documents }: Sequence): readonly TextMark[] {
  return documents.flatMap((document, at) =>
    document === documents[at - 1]
      ? []
      : [{ at, label: `document ${document}`, hint: `document ${document} begins` }],
  );
}

/** Of a pair of sentences; what is only A needs no mark. */
function segmentMarks({ segments }: Sequence): readonly TextMark[] {
  if (!segments.includes(1)) return [];
  return segments.flatMap((segment, at) => {
    const letter = "AB"[segment];
    return segment === segments[at - 1] || letter === undefined
      ? []
      : [{ at, label: letter, hint: `segment ${letter} begins` }];
  });
}

function spanMarks({ spans, tokens }: Sequence): readonly TextMark[] {
  return spans.flatMap(({ name, first, last }) => {
    const { label } = displayToken(name, LONGEST);
    const begins = { at: first, label, hint: `${label} begins` };
    const after = last + 1;
    return after >= tokens.length || spans.some((each) => each.first === after)
      ? [begins]
      : [begins, { at: after, label: END, hint: `${label} ends` }];
  });
}

function promptMark({ prompt, tokens }: Sequence): readonly TextMark[] {
  if (prompt === null || prompt <= 0 || prompt >= tokens.length) return [];
  return [{ at: prompt, label: "generated", hint: "the prompt ends, the model goes on" }];
}
