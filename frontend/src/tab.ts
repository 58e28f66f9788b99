/** The tab: what is chosen, what is loaded for it, and the page that shows it. */

import { effect } from "@preact/signals";
import { h, render as mount } from "preact";
import { sentence } from "./api/error";
import type { PluginApi } from "./api/plugin";
import { drawNow } from "./draw/frames";
import { paletteCss } from "./draw/palette";
import { adoptFont, adoptStyle } from "./draw/style";
import type { Font } from "./font";
import type { Host } from "./host/host";
import { App } from "./shell/App";
import contentCss from "./shell/content.css?inline";
import { followKeys } from "./shell/keys";
import settingsCss from "./shell/settings.css?inline";
import { followWidth, settingsShown } from "./shell/settings_shown";
import statesCss from "./shell/states.css?inline";
import stepBarCss from "./shell/step_bar.css?inline";
import stripCss from "./shell/strip/strip.css?inline";
import { later } from "./state/ask";
import { capture, failure } from "./state/data";
import { followHost, theme, visible } from "./state/host";
import { followLessons } from "./state/lessons";
import { Loader } from "./state/load";
import { followHidden } from "./state/load_hidden";
import { followHistories } from "./state/load_histories";
import { followNeuron } from "./state/load_neuron";
import { followSheet } from "./state/load_sheet";
import { followStories } from "./state/load_stories";
import { followOpening, opening } from "./state/opening";
import { followPage } from "./state/page_file";
import { followPlay } from "./state/play";
import { followRunOrder } from "./state/run_order";
import { followAddress } from "./state/url";
import { knownViews, viewNow } from "./state/view";
import css from "./style.css?inline";
import controlsCss from "./ui/controls.css?inline";
import { opened as unfolded } from "./ui/folded";
import piecesCss from "./ui/pieces.css?inline";
import { VIEWS } from "./views";
import { drawnNow, loadOthers, loadView } from "./views/drawn";
import type { PartOf } from "./views/view";

export interface Opened {
  readonly host: Host;
  readonly api: PluginApi;
  /** Those that are on their way. */
  readonly fonts: readonly Font[];
  /** The page holds its own data. */
  readonly held: boolean;
  readonly partOf: PartOf;
}

/** So long the page waits for its first numbers before it shows that it has none, in milliseconds. */
const PATIENCE = 150;
/** So long what stands beside the first picture waits for it, in milliseconds. */
const LATEST = 1000;

export function openTab(opened: Opened): void {
  const { host, api, fonts, held, partOf } = opened;
  // TensorBoard's page of a plugin says neither; screen readers need both.
  document.title = "Attention";
  document.documentElement.lang = "en";
  adoptStyles();
  for (const font of fonts) void adoptFont(font);
  followHost(host);
  followAddress(host);
  followKeys(host);
  followPlay();
  followWidth();
  followRunOrder(host.runs);
  // What is thrown outside of a component, as in a drawing, would otherwise be seen by nobody.
  window.addEventListener("error", (event) => {
    // Browsers report it where sizes settle in the next frame instead of this one: nothing is wrong
    // then.
    if (!event.message.startsWith("ResizeObserver loop"))
      failure.value = sentence(event.error ?? event.message);
  });
  knownViews.value = VIEWS;
  later.value = !opening.value && (viewNow.value?.historiesLater ?? false);
  const loader = new Loader(api);
  loader.start();
  followNeuron(api);
  followHistories(api);
  if (!held) {
    followPage(api);
    followHidden(api, () => settingsShown.value && unfolded.value.includes("show"));
  }
  followStories(api);
  followLessons(api);
  followOpening();
  followSheet(api);
  const refresh = (): void => {
    void loadView(partOf);
    void loader.refresh();
  };
  effect(() => void loadView(partOf));
  host.followReload(refresh);
  void draw(refresh, opened);
}

/**
 * Draws the page once its first numbers are there, so that it is laid out and painted once; or what
 * stands in their place, where they take a while.
 */
async function draw(refresh: () => void, { held, partOf }: Opened): Promise<void> {
  const numbers = firstNumbers(held);
  await Promise.race([numbers, pause(PATIENCE)]);
  mount(h(App, { refresh }), document.body);
  // Not in the next frame, which then has the page to lay out and to paint alone.
  drawNow();
  await Promise.race([numbers, pause(LATEST)]);
  await frame();
  await frame();
  later.value = false;
  await loadOthers(partOf);
}

/**
 * Until there is something to see, or nothing to wait for: a server may take long to find where to
 * open, a page that holds its own data knows.
 */
async function firstNumbers(held: boolean): Promise<void> {
  let stop = (): void => {};
  await new Promise<void>((resolve) => {
    stop = effect(() => {
      const waits = visible.value && (held || !opening.value);
      const drawn = capture.value !== null && drawnNow.value !== null;
      if (!waits || drawn || failure.value !== null) resolve();
    });
  });
  stop();
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function frame(): Promise<unknown> {
  return new Promise(requestAnimationFrame);
}

function adoptStyles(): void {
  adoptStyle(
    `:root[data-theme="light"] { ${paletteCss("light")} } :root[data-theme="dark"] { ${paletteCss("dark")} }`,
  );
  const ofShell = [
    css,
    controlsCss,
    piecesCss,
    settingsCss,
    contentCss,
    stripCss,
    stepBarCss,
    statesCss,
  ];
  adoptStyle(ofShell.join("\n"));
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
}
