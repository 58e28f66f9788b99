/**
 * The entry of the bundle: TensorBoard imports it and calls render(). It is small, so that what a
 * link shows, the fonts and the rest of the script are asked for at the same time.
 */

import { askAhead } from "./ahead";
import { PluginApi } from "./api/plugin";
import { hostOf } from "./host/choose";
import { serverSource } from "./host/server";
import { servedFonts } from "./served_fonts";
import { parseHash } from "./state/hash";
import { servedPart } from "./views/parts";

export async function render(): Promise<void> {
  const rest = import("./tab");
  const source = serverSource();
  const host = hostOf(window, source);
  const api = new PluginApi(source);
  // While another tab of TensorBoard is open nothing is asked for.
  if (window.innerHeight > 0) void askAhead(api, host.hash());
  void servedPart(parseHash(host.hash()).get("view") ?? "").catch(() => {
    // The tab asks for the same, and says what went wrong.
  });
  const fonts = servedFonts(source);
  try {
    const { openTab } = await rest;
    openTab({ host, api, fonts, held: false, partOf: servedPart });
  } catch (error) {
    document.body.textContent = `The Attention tab could not be opened (${error}). Reload the page; if it stays, restart TensorBoard.`;
  }
}
