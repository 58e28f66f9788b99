/** One word for one thing: README.md says which. */

import { expect, it } from "vitest";

const modules: Record<string, string> = import.meta.glob(
  ["./{shell,ui,views,state,draw}/**/*.{ts,tsx}", "!./**/*.test.ts"],
  { query: "?raw", import: "default", eager: true },
);

/** What must not be read on the page, and what stands there instead. */
const OTHERS: readonly (readonly [pattern: RegExp, word: string])[] = [
  [/\b(let|lets|let it|let this \w+|lets everything) go\b/i, "unpin"],
  [/\bkeep this head|\bkeeps a head|\brelease the\b/i, "pin"],
  [/\bthis less\b|\bless \$\{withName/i, "step 300 − step 0"],
  [/["`>]next to nothing["`<]/i, "idle"],
];

function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

it.each(OTHERS)("no module says %s but %s", (pattern) => {
  const code = Object.entries(modules).map(
    ([path, text]) => [path, withoutComments(text)] as const,
  );
  expect(code.length).toBeGreaterThan(200);
  expect(code.filter(([, text]) => pattern.test(text)).map(([path]) => path)).toEqual([]);
});
