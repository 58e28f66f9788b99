/** What tells one exported file from another: capture, layer, heads, view and what it compares. */

import { headsText } from "../export/file_name";
import { showNow } from "../state/arriving";
import { compareMode, comparing, withName } from "../state/compare";
import { capture } from "../state/data";
import { metricNow } from "../state/overview";
import { drawing, head, heads, key, layer, query, stackNow } from "../state/selection";
import { mean } from "../state/show";
import type { View } from "../views/view";

/**
 * Parts for `fileName`, some of them empty. `what`: the table or part of the view; `of`: its layers
 * and heads, where they are not those of the view.
 */
export function fileParts(
  view: View,
  what: string,
  of: readonly string[] = placeOf(view),
): string[] {
  const now = capture.peek();
  const stack = (now?.stacks.length ?? 0) > 1 ? (stackNow.peek()?.name ?? "") : "";
  return [
    now?.run ?? "",
    now?.tag ?? "",
    `step-${now?.step ?? 0}`,
    comparedText(),
    stack,
    ...of,
    nameOf(view),
    view.name !== "neuron" && showNow.peek() === "arriving" ? "arriving" : "",
    what,
  ];
}

function placeOf(view: View): readonly string[] {
  if (view.shows === "model") return [];
  const chosen = view.shows === "head" ? [head.peek()] : heads.peek();
  const mixed = view.shows === "heads" && mean.peek() ? "mean" : "";
  const pair = [
    query.peek() === null ? "" : `query-${query.peek()}`,
    key.peek() === null ? "" : `key-${key.peek()}`,
  ];
  return [`layer-${layer.peek()}`, [headsText(chosen), mixed].filter(Boolean).join("-"), ...pair];
}

function nameOf(view: View): string {
  if (view.shows === "heads") return `${view.name}-${drawing.peek()}`;
  const ofMetric = view.name === "overview" || view.name === "story";
  return ofMetric ? `${view.name}-${metricNow.peek()}` : view.name;
}

function comparedText(): string {
  if (!comparing.peek()) return "";
  return `${compareMode.peek() === "difference" ? "less" : "beside"} ${withName.peek()}`;
}
