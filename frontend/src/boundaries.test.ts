/**
 * Which module may know which: views draw, only src/host knows the page around the tab and talks to
 * a server.
 */

import { describe, expect, it } from "vitest";

const modules: Record<string, string> = import.meta.glob(
  ["./**/*.ts", "./**/*.tsx", "!./**/*.test.ts"],
  {
    query: "?raw",
    import: "default",
    eager: true,
  },
);
const sources = Object.entries(modules).map(([path, text]) => ({
  path: path.slice(2),
  code: withoutComments(text),
}));

function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

/** Paths of imported modules of ours, from src/. */
function imports({
  path,
  code,
}: {
  readonly path: string;
  readonly code: string;
}): readonly string[] {
  const folder = path.split("/").slice(0, -1);
  return [...code.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map((found) => {
    const parts = [...folder];
    for (const part of (found[1] ?? "").split("/")) {
      if (part === "..") parts.pop();
      else if (part !== ".") parts.push(part);
    }
    return parts.join("/");
  });
}

function inFolder(folder: string): typeof sources {
  return sources.filter(({ path }) => path.startsWith(folder));
}

const REQUESTS =
  /\b(fetch|importScripts)\s*\(|\b(XMLHttpRequest|WebSocket|EventSource|sendBeacon)\b/;
const MARKUP =
  /\b(innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|eval)\b/;

describe("boundaries", () => {
  it("sees the sources", () => {
    expect(sources.length).toBeGreaterThan(40);
    expect(sources.some(({ path, code }) => path === "host/server.ts" && REQUESTS.test(code))).toBe(
      true,
    );
  });

  it("finds imports", () => {
    expect(
      imports({
        path: "views/head/a.ts",
        code: 'import { x } from "../../state/data";\nimport "./b.css?inline";',
      }),
    ).toEqual(["state/data", "views/head/b.css?inline"]);
  });

  it("only host makes requests", () => {
    const offenders = sources.filter(
      ({ path, code }) => !path.startsWith("host/") && REQUESTS.test(code),
    );
    expect(offenders.map(({ path }) => path)).toEqual([]);
  });

  it.each([
    ["views/", ["api/", "host/", "shell/"]],
    ["ui/", ["api/", "host/", "shell/", "views/"]],
    ["draw/", ["api/", "host/", "ui/", "shell/", "views/"]],
    ["state/", ["draw/", "ui/", "shell/", "views/"]],
    ["export/", ["api/", "host/", "ui/", "shell/", "views/"]],
    ["shell/", ["api/"]],
    ["attend/", ["api/", "page/", "host/", "state/", "draw/", "ui/", "shell/", "views/"]],
    ["page/", ["host/", "state/", "draw/", "ui/", "shell/", "views/"]],
    ["api/", ["host/", "page/", "state/", "draw/", "ui/", "shell/", "views/"]],
    ["host/", ["state/", "draw/", "ui/", "shell/", "views/"]],
    ["format.ts", ["api/", "host/", "state/", "draw/", "ui/", "export/", "shell/", "views/"]],
  ])("%s does not import from %j", (folder, forbidden) => {
    const found = inFolder(folder).flatMap((each) =>
      imports(each)
        .filter((target) => forbidden.some((prefix) => target.startsWith(prefix)))
        .map((target) => `${each.path} -> ${target}`),
    );
    expect(found).toEqual([]);
  });

  it("no two files or folders differ by case only", () => {
    const names = sources.map(({ path }) => path.replace(/\.tsx?$/, ""));
    const folders = names.map((name) => name.split("/").slice(0, -1).join("/"));
    const all = [...names, ...new Set(folders)];
    const twice = all.filter((name, at) =>
      all.some((other, place) => place !== at && other.toLowerCase() === name.toLowerCase()),
    );
    expect(twice).toEqual([]);
  });

  it("components are named like what they are, everything else in small letters", () => {
    const odd = sources.filter(
      ({ path }) =>
        !/^([a-z]+\/)*([A-Z][A-Za-z]*\.tsx|index\.tsx|[a-z]+(_[a-z]+)*\.ts)$/.test(path),
    );
    expect(odd.map(({ path }) => path)).toEqual([]);
  });

  it("no view imports another", () => {
    const views = inFolder("views/").filter(({ path }) => path.split("/").length > 2);
    expect(views.length).toBeGreaterThan(40);
    const found = views.flatMap((each) => {
      const own = each.path.split("/").slice(0, 2).join("/");
      return imports(each)
        .filter((target) => target.startsWith("views/") && target !== "views/view")
        .filter((target) => !target.startsWith(`${own}/`))
        .map((target) => `${each.path} -> ${target}`);
    });
    expect(found).toEqual([]);
  });

  it.each(["state/", "api/", "page/", "attend/"])("%s knows no page", (folder) => {
    const found = inFolder(folder).filter(({ code }) => /\b(document|window)\./.test(code));
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  it("only host looks at the page around the tab", () => {
    const around = /\b(window|self)\.(parent|top|frameElement)\b/;
    const found = sources.filter(
      ({ path, code }) => !path.startsWith("host/") && around.test(code),
    );
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  it("tokens are never markup", () => {
    expect(sources.filter(({ code }) => MARKUP.test(code)).map(({ path }) => path)).toEqual([]);
  });

  it("tests' helpers stay in tests", () => {
    const isHelper = (path: string): boolean => path.startsWith("testing");
    const users = sources.filter((each) => !isHelper(each.path) && imports(each).some(isHelper));
    expect(users.map(({ path }) => path)).toEqual([]);
  });
});
