import { readFileSync } from "node:fs";
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

// A plain build with one entry, not build.lib: that would inline the fonts into the script. base
// "./" makes every asset URL relative to the module, so that a path prefix of TensorBoard does not
// matter.
export default defineConfig({
  base: "./",
  publicDir: false,
  plugins: [licences()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  worker: { format: "es" },
  build: {
    target: "es2022",
    outDir: "../tb_attention/static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    rolldownOptions: {
      input: "src/index.ts",
      preserveEntrySignatures: "strict",
      output: {
        format: "es",
        entryFileNames: "index.js",
        assetFileNames: "assets/[name]-[hash][extname]",
        codeSplitting: false,
      },
    },
  },
});
