/** What pointer and keyboard do in the model view. */

import { batch } from "@preact/signals";
import { thumbnails } from "../../state/data";
import { hover } from "../../state/hover";
import { focusHead, type HeadAddress, head, isolateHead, layer, setHeads, togglePin, view } from "../../state/selection";
import { type GridLayout, moved } from "./layout";
import { cellPeak, enlarged, headsOf, type Place, pointed } from "./picture";

/** Names a cell in the status bar; null takes it away. */
export function pointCell(place: Place | null): void {
  const now = pointed.peek();
  if (now?.row === place?.row && now?.head === place?.head) return;
  pointed.value = place;
  const number = place ? thumbnails.peek()?.layers[place.row] : undefined;
  if (!place || number === undefined) {
    hover.value = null;
    return;
  }
  const peak = cellPeak(place);
  const text = peak ? `largest: ${peak.query} → ${peak.key}, ${peak.weight}` : "no weight";
  hover.value = { layer: number, head: place.head, query: null, key: null, text };
}

/** A click enlarges a head beside the grid; on the one that is enlarged it closes that again. */
export function pressCell(place: Place | null, clicks: number): void {
  const address = addressOf(place);
  // The second click of a double click must not undo the first.
  if (!address || clicks > 1) return;
  const same = address.layer === layer.value && address.head === head.value;
  batch(() => {
    enlarged.value = !(same && enlarged.value);
    focusHead(address.layer, address.head);
  });
}

/** A double click opens the head view with this head alone. */
export function openCell(place: Place | null): void {
  const address = addressOf(place);
  if (address) openHeadView(address);
}

export function openHeadView(address: HeadAddress): void {
  batch(() => {
    enlarged.value = true;
    focusHead(address.layer, address.head);
    // Isolating a head that is alone would bring all of them back.
    setHeads(null);
    isolateHead(address.head);
    view.value = "head";
  });
}

export function openNeuronView(address: HeadAddress): void {
  batch(() => {
    focusHead(address.layer, address.head);
    view.value = "neuron";
  });
}

/** Keeps a head beside the grid when another one is enlarged. */
export function pinHead(address: HeadAddress): void {
  togglePin(address);
}

/** Where a key leads; it enlarges or opens a head by itself. null: the key was for somebody else, or nothing has moved. */
export function keyCell(event: KeyboardEvent, at: Place, layout: GridLayout): Place | null {
  if (event.altKey || event.ctrlKey || event.metaKey) return null;
  const next = moved(layout, at.row, at.head, event.key);
  const acts = event.key === "Enter" || event.key === " ";
  if (!next && !acts) return null;
  event.preventDefault();
  event.stopPropagation();
  if (next) return { row: next.row, head: Math.min(next.head, headsOf(next.row) - 1) };
  if (event.shiftKey) openCell(at);
  else pressCell(at, 0);
  return null;
}

function addressOf(place: Place | null): HeadAddress | null {
  const number = place ? thumbnails.value?.layers[place.row] : undefined;
  return place && number !== undefined ? { layer: number, head: place.head } : null;
}
