/** Labels of tokens as running text: spaces are spaces, and a character stands there once. */

import { textWidth } from "../draw/text";
import type { RowLabel } from "../state/row_labels";
import { directionOf, type TextToken } from "./running_text";

/**
 * Spaces are spaces here; only what would be invisible keeps its sign. The parts of a character are
 * counted, so that the text can be read.
 */
export function readable(label: RowLabel): RowLabel {
  const { part, ...whole } = label;
  const [, number] = /^(\d)\/\d$/.exec(label.label) ?? [];
  if (label.quiet)
    return number === undefined ? whole : { ...whole, label: SMALL[Number(number)] ?? number };
  return { ...whole, label: label.label.replace(/^·+|·+$/g, "") };
}

const SMALL = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** What `layText` needs of labels in a font. */
export function textTokens(labels: readonly RowLabel[], font: string): readonly TextToken[] {
  const space = textWidth(" ", font);
  return labels.map((label) => ({
    // The parts of a word stand closer than words do.
    width: textWidth(readable(label).label, font) + 1,
    gap: label.apart ? space : 0,
    breaks: /↵$/u.test(label.full),
    direction: directionOf(label.label),
  }));
}
