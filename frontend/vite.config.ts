import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

// What the bundle contains of others, whose licences ask that their text goes with it.
const BUNDLED = [
  "preact",
  "@preact/signals",
  "@preact/signals-core",
  "@fontsource/roboto",
  "d3-array",
];

function licences(): Plugin {
  return {
    name: "licences",
    generateBundle() {
      const texts = BUNDLED.map(
        (name) => `${name}\n\n${readFileSync(`node_modules/${name}/LICENSE`, "utf8").trim()}\n`,
      );
      this.emitFile({
        type: "asset",
        fileName: "licences.txt",
        source: texts.join(`\n${"-".repeat(80)}\n\n`),
      });
    },
  };
}

interface Modules {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null;
}

/** The modules that `id` imports, and those that they import, but not what comes on its own. */
function imported(id: string, modules: Modules, found = new Set<string>()): Set<string> {
  if (found.has(id)) return found;
  found.add(id);
  for (const each of modules.getModuleInfo(id)?.importedIds ?? []) imported(each, modules, found);
  return found;
}

const SOURCES = fileURLToPath(new URL("src/", import.meta.url));
const VIEW_SCRIPTS = [
  "story/Story",
  "overview/Overview",
  "model/Model",
  "head/Head",
  "neuron/Neuron",
];
let shared: Set<string> | null = null;

/** "tab" for what the tab needs whatever it shows, or several views need. */
function sharedPart(id: string, modules: Modules): string | null {
  shared ??= sharedModules(modules);
  return shared.has(id) ? "tab" : null;
}

function sharedModules(modules: Modules): Set<string> {
  const [entry, tab] = ["index.ts", "tab.ts"].map((each) => imported(SOURCES + each, modules));
  const views = VIEW_SCRIPTS.map((each) => imported(`${SOURCES}views/${each}View.tsx`, modules));
  const several = views
    .flatMap((view) => [...view])
    .filter((id) => views.filter((view) => view.has(id)).length > 1);
  return new Set([...tab, ...several].filter((id) => !entry.has(id)));
}

// Two builds. TensorBoard gets a small entry that asks for all else at once; what the entry shares
// with the rest stays in it, so that there is no third file to wait for, and under its own names, so
// that a part with the same text means the same. A page that holds its own data (--mode page) gets
// one file. Plain builds, not build.lib: that would inline the fonts into the script. base "./" makes
// every asset URL relative to the module, so that a path prefix of TensorBoard does not matter.
export default defineConfig(({ mode }) => ({
  base: "./",
  publicDir: false as const,
  plugins: [licences()],
  oxc: { jsx: { runtime: "automatic" as const, importSource: "preact" } },
  worker: { format: "es" as const },
  build: {
    target: "es2022",
    outDir: "../tb_attention/static",
    emptyOutDir: mode !== "page",
    assetsInlineLimit: 0,
    modulePreload: false as const,
    rolldownOptions:
      mode === "page"
        ? {
            input: "src/held.ts",
            output: {
              format: "es" as const,
              entryFileNames: "page.js",
              codeSplitting: false,
            },
          }
        : {
            input: "src/index.ts",
            preserveEntrySignatures: "allow-extension" as const,
            output: {
              format: "es" as const,
              entryFileNames: "index.js",
              chunkFileNames: "assets/[name]-[hash].js",
              assetFileNames: "assets/[name]-[hash][extname]",
              minifyInternalExports: false,
              codeSplitting: {
                // What the entry has already stays in it.
                includeDependenciesRecursively: false,
                groups: [{ name: sharedPart, debugName: "tab" }],
              },
            },
          },
  },
}));
