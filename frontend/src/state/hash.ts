/** The text of the address: #attention&p.attention.step=7, among what others have written there. */

const TAB = "attention";
const PREFIX = "p.attention.";

/**
 * Values of our keys in a hash, by name without prefix. Parts that are no valid text are left out.
 */
export function parseHash(hash: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const part of hash.replace(/^#/, "").split("&")) {
    const at = part.indexOf("=");
    try {
      const name = decodeURIComponent(part.slice(0, at));
      if (at > 0 && name.startsWith(PREFIX))
        values.set(name.slice(PREFIX.length), decodeURIComponent(part.slice(at + 1)));
    } catch {
      // A broken escape in an address that somebody typed: that key counts as absent.
    }
  }
  return values;
}

/**
 * `hash` with our keys replaced by `values`; everything else in it stays. Empty values are left
 * out.
 */
export function writeHash(hash: string, values: ReadonlyMap<string, string>): string {
  const parts = hash
    .replace(/^#/, "")
    .split("&")
    .filter((part) => part !== "" && !part.startsWith(PREFIX));
  if (parts.length === 0 || parts[0]?.includes("=")) parts.unshift(TAB);
  for (const [name, value] of values)
    if (value !== "") parts.push(`${PREFIX}${name}=${encodeURIComponent(value)}`);
  return `#${parts.join("&")}`;
}

/** True for an address that shows our tab, or no tab in particular. */
export function isOurs(hash: string): boolean {
  const first = hash.replace(/^#/, "").split("&")[0] ?? "";
  return first === "" || first === TAB || first.includes("=");
}
