/** The script of a page that holds its own data, which needs no server. */

import { PluginApi } from "./api/plugin";
import { adoptHeldFonts } from "./held_fonts";
import { heldIn, heldState } from "./host/held_parts";
import { heldRuns } from "./host/held_runs";
import { pageHost } from "./host/page";
import { pageSource } from "./page/source";
import { openTab } from "./tab";
import { heldPart } from "./views/all_parts";

const held = heldIn(window);
if (held) {
  const source = pageSource(held);
  const host = pageHost(window, (signal) => heldRuns(source, signal));
  void adoptHeldFonts(held);
  if (host.hash() === "" && heldState(document) !== "") host.replaceHash(`#${heldState(document)}`);
  openTab({ host, api: new PluginApi(source), fonts: [], held: true, partOf: heldPart });
}
