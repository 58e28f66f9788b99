/**
 * Names of exported files: run, tag, step and layer, in characters that every file system takes.
 */

/** Longest part, so that the whole stays under what file systems take. */
const LONGEST = 60;

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
  return `${named.join("_") || "attention"}.${suffix}`;
}
