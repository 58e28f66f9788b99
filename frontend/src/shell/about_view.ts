/** What a picture of the view is of: run, probe, step, layer, heads and text. */

import type { About } from "../export/about";
import { headsText } from "../export/file_name";
import { countText } from "../format";
import { showNow } from "../state/arriving";
import { compareMode, comparing, withName } from "../state/compare";
import { capture } from "../state/data";
import { host } from "../state/host";
import { metricNow } from "../state/overview";
import {
  head,
  heads,
  key,
  keySequence,
  layer,
  query,
  querySequence,
  stackNow,
} from "../state/selection";
import { first, mean } from "../state/show";
import { displayToken, spelledForReaders } from "../state/tokens";
import type { Sequence } from "../types";
import { metricWords } from "../ui/metric_words";
import type { View, ViewPart } from "../views/view";

type Titled = View & Pick<ViewPart, "title">;

/** Characters of the text in a caption; the metadata have more of it. */
const SHORT = 160;
const LONG = 4000;

/**
 * `words`: what the figure shows, where it is not the view itself; `whole`: nothing of it is
 * scrolled out of sight.
 */
export function aboutView(view: Titled, words: string, whole: boolean): About {
  const now = capture.peek();
  const stack = (now?.stacks.length ?? 0) > 1 ? (stackNow.peek()?.name ?? "") : "";
  const place = placeText(view);
  const compared = comparing.peek() ? withName.peek() : "";
  const arrives = view.name !== "neuron" && showNow.peek() === "arriving";
  const facts = {
    Run: now?.run ?? "",
    Probe: now?.tag ?? "",
    Step: String(now?.step ?? 0),
    ...(stack === "" ? {} : { Stack: stack }),
    ...place,
    ...(compared === "" ? {} : { Compared: `${compareMode.peek()} to ${compared}` }),
    ...(arrives ? { Numbers: "shares of what arrives" } : {}),
    Text: textOf(LONG),
  };
  const named = words || titleOf(view);
  const shows = [
    ...(stack === "" ? [] : [stack]),
    ...(namesHead(named)
      ? []
      : Object.entries(place).map(([name, value]) => `${name.toLowerCase()} ${value}`)),
  ];
  const title = `${named.replace(/^./u, (letter) => letter.toUpperCase())}${shows.length > 0 ? `: ${shows.join(", ")}` : ""}`;
  const difference = compareMode.peek() === "difference" ? "less" : "beside";
  const said = [
    `${title}.`,
    `Run ${facts.Run}, probe ${facts.Probe}, step ${countText(now?.step ?? 0)}${compared === "" ? "" : `, ${difference} ${compared}`}.`,
    ...(first.peek() === "show"
      ? []
      : [`First token ${first.peek() === "hide" ? "hidden" : "left out, the rest renormalised"}.`]),
    ...(arrives ? ["Shares of what arrives: weight times length of the value."] : []),
    ...(view.name === "neuron" || (view.name === "overview" && words === "") ? [] : pinsText()),
    ...(whole ? [] : ["The part in view."]),
    `Text: “${textOf(SHORT)}”`,
  ];
  return { title, caption: said.join(" "), facts, source: host.peek()?.address() ?? location.href };
}

function titleOf(view: Titled): string {
  if (view.title) return view.title().replace(/\.$/, "");
  return view.name === "overview" ? metricWords(metricNow.peek()).label : `${view.label} view`;
}

/** A headline says whose it is: the caption need not say so again. */
function namesHead(words: string): boolean {
  return new RegExp(`\\blayer ${layer.peek()} head ${head.peek()}\\b`, "i").test(words);
}

/** What of the model the view shows, where it is not all of it. */
function placeText(view: Titled): Readonly<Record<string, string>> {
  if (view.shows === "model") return {};
  const layers = { Layer: String(layer.peek()) };
  if (view.shows === "heads") {
    const chosen = headsText(heads.peek())
      .replace(/^heads?-/, "")
      .replaceAll("+", ", ");
    const name = heads.peek().length > 1 ? "Heads" : "Head";
    return { ...layers, [name]: `${chosen}${mean.peek() ? " (mean)" : ""}` };
  }
  if (view.name === "story") return { ...layers, Head: String(head.peek()) };
  const at = query.peek() ?? Math.max(0, (querySequence.peek()?.tokens.length ?? 1) - 1);
  return {
    ...layers,
    Head: String(head.peek()),
    Query: `${at} (${displayToken(querySequence.peek()?.tokens[at] ?? "").label})`,
  };
}

/** The query and the key that are pinned. */
function pinsText(): readonly string[] {
  const named = (name: string, sequence: Sequence | null, at: number | null): string[] =>
    at === null ? [] : [`${name} ${displayToken(sequence?.tokens[at] ?? "").label} (${at})`];
  const pins = [
    ...named("query", querySequence.peek(), query.peek()),
    ...named("key", keySequence.peek(), key.peek()),
  ];
  return pins.length > 0 ? [`Pinned: ${pins.join(", ")}.`] : [];
}

function textOf(most: number): string {
  const sequence = querySequence.peek();
  if (sequence === null) return "";
  // Marks of direction and control characters would act on what stands beside them.
  const text = spelledForReaders(sequence, most)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim();
  const characters = [...text];
  return characters.length > most ? `${characters.slice(0, most).join("")} …` : text;
}
