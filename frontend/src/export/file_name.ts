/**
 * Names of exported files: run, tag, step, layer and heads, in characters that every file system
 * takes.
 */

/** Longest part, and longest name without its suffix, so that file systems take it. */
const LONGEST = 60;
const LONGEST_NAME = 180;

/**
 * `gpt2/lr=3e-5`, `doctor she`, ... as `gpt2-lr=3e-5_doctor-she_....png`. Empty parts are left out.
 */
export function fileName(parts: readonly string[], suffix: string): string {
  const safe = parts.map((part) =>
    part
      .normalize("NFC")
      .replace(/[^\p{L}\p{N}.=+_-]+/gu, "-")
      .replace(/^[-.]+|[-.]+$/g, ""),
  );
  const named = safe
    .filter((part) => part !== "")
    .map((part) => [...part].slice(0, LONGEST).join(""));
  const whole = [...named.join("_")].slice(0, LONGEST_NAME).join("");
  return `${whole || "attention"}.${suffix}`;
}

/** "head-3", "heads-0-2+5" for 0, 1, 2 and 5; names such as that of a mean stand as they are. */
export function headsText(heads: readonly (number | string)[]): string {
  const numbers = heads.filter((each) => typeof each === "number").sort((a, b) => a - b);
  const names = heads.filter((each) => typeof each === "string");
  const ranges: [number, number][] = [];
  for (const each of numbers) {
    const last = ranges.at(-1);
    if (last && each <= last[1] + 1) last[1] = each;
    else ranges.push([each, each]);
  }
  const spelled = ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`));
  const counted =
    spelled.length === 0 ? [] : [`head${numbers.length > 1 ? "s" : ""}-${spelled.join("+")}`];
  return [...counted, ...names].join("+");
}
