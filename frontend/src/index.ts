/**
 * The entry of the bundle: TensorBoard imports it and calls render(); a page that holds its own data
 * has it as a script.
 */

import { effect } from "@preact/signals";
import { h, render as mount } from "preact";
import { sentence } from "./api/error";
import { PluginApi } from "./api/plugin";
import { paletteCss } from "./draw/palette";
import { adoptStyle } from "./draw/style";
import { adoptHeldFonts, adoptServedFonts } from "./fonts";
import { hostOf } from "./host/choose";
import { heldIn, heldState } from "./host/held_parts";
import { heldRuns } from "./host/held_runs";
import { pageHost } from "./host/page";
import { serverSource } from "./host/server";
import { pageSource } from "./page/source";
import { App } from "./shell/App";
import contentCss from "./shell/content.css?inline";
import { followKeys } from "./shell/keys";
import settingsCss from "./shell/settings.css?inline";
import { followWidth } from "./shell/settings_shown";
import statesCss from "./shell/states.css?inline";
import stepBarCss from "./shell/step_bar.css?inline";
import stripCss from "./shell/strip/strip.css?inline";
import { failure } from "./state/data";
import { followHost, theme } from "./state/host";
import { followLessons } from "./state/lessons";
import { Loader } from "./state/load";
import { followHistories } from "./state/load_histories";
import { followNeuron } from "./state/load_neuron";
import { followSheet } from "./state/load_sheet";
import { followStories } from "./state/load_stories";
import { followOpening } from "./state/opening";
import { followPage } from "./state/page_file";
import { followPlay } from "./state/play";
import { followRunOrder } from "./state/run_order";
import { followAddress } from "./state/url";
import { knownViews } from "./state/view";
import css from "./style.css?inline";
import controlsCss from "./ui/controls.css?inline";
import piecesCss from "./ui/pieces.css?inline";
import { ALL_VIEWS, VIEWS } from "./views";

export function render(): void {
  // TensorBoard's page of a plugin says neither; screen readers need both.
  document.title = "Attention";
  document.documentElement.lang = "en";
  adoptStyles();
  const held = heldIn(document);
  const source = held ? pageSource(held) : serverSource();
  const host = held
    ? pageHost(window, (signal) => heldRuns(source, signal))
    : hostOf(window, source);
  if (held) void adoptHeldFonts(held);
  else adoptServedFonts(source);
  if (host.hash() === "" && heldState(document) !== "") host.replaceHash(`#${heldState(document)}`);
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
  const api = new PluginApi(source);
  const loader = new Loader(api);
  loader.start();
  followNeuron(api);
  followHistories(api);
  if (!held) followPage(api);
  followStories(api);
  followLessons(api);
  followOpening();
  followSheet(api);
  host.followReload(() => void loader.refresh());
  mount(h(App, { refresh: () => void loader.refresh() }), document.body);
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
  for (const each of [...ofShell, ...ALL_VIEWS.flatMap((view) => view.css)]) adoptStyle(each);
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
}

if (heldIn(document)) render();
