/** How a token is shown: everything in it that could not be seen, or would move the text around it, gets a visible sign. */

/** `label` is plain text for textContent or fillText; `quiet` says that it stands for something invisible as a whole. */
export interface TokenLabel {
  readonly label: string;
  readonly quiet: boolean;
  /** True where `label` is shorter than the token; `full` then belongs in a tooltip. */
  readonly cut: boolean;
  readonly full: string;
}

/** Longest label in characters. */
export const LONGEST = 40;
/** Longest text of a tooltip: a token of 10,000 characters must not fill the screen. */
const LONGEST_FULL = 400;

// Controls, separators, direction marks and isolates, zero-width characters, soft hyphen, tags, and the byte order mark.
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Cs}\u{115f}\u{1160}\u{17b4}\u{17b5}\u{3164}\u{ffa0}]|\u{34f}/gu;

/** The label of a token, such as "·doctor" for " doctor". At most `longest` characters. */
export function displayToken(text: string, longest = LONGEST): TokenLabel {
  if (text === "") return { label: "∅", quiet: true, cut: false, full: "∅" };
  const [full, whole] = shorten(
    visibleText(text.length > LONGEST_FULL * 2 ? text.slice(0, LONGEST_FULL * 2) : text),
    LONGEST_FULL,
  );
  const [label] = shorten(full, longest);
  const cut = label !== full || !whole || text.length > LONGEST_FULL * 2;
  return { label, quiet: !/[^\s·↵→␣]/u.test(full), cut, full };
}

/** `text` with every invisible character as a sign: space "·", newline "↵", tab "→", others as escapes such as \x07 or \u202e. */
export function visibleText(text: string): string {
  return text
    .replace(INVISIBLE, escaped)
    .replace(/^ +| +$/g, (spaces) => "·".repeat(spaces.length))
    .replace(/ {2,}/g, (spaces) => "·".repeat(spaces.length));
}

function escaped(character: string): string {
  if (character === "\n") return "↵";
  if (character === "\t") return "→";
  if (character === "\u200d" || character === "\u00ad") return character === "\u200d" ? "\\u200d" : "\\xad";
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\u{${code.toString(16)}}`;
}

function shorten(text: string, longest: number): [string, boolean] {
  const characters = [...text.slice(0, longest * 2 + 2)];
  if (characters.length <= longest && text.length <= longest * 2 + 2) return [text, true];
  return [`${characters.slice(0, longest - 1).join("")}…`, false];
}
