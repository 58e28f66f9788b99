/** What pointer and keyboard do in the model view. */

import { batch } from "@preact/signals";
import { thumbnails } from "../../state/data";
import { hover } from "../../state/hover";
import { focusHead, type HeadAddress, head, layer, togglePin, view } from "../../state/selection";
import type { Place } from "./arrange";
import { type GridLayout, slotOf } from "./layout";
import { moved } from "./moves";
import { noWeightText } from "./scores";
import { cellPeak, enlarged, pointed } from "./state";

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
  const text = peak
    ? `largest: ${peak.query} → ${peak.key}, ${peak.weight}`
    : noWeightText({ layer: number, head: place.head });
  hover.value = { layer: number, head: place.head, query: null, key: null, text };
}

/**
 * How long a second click is waited for before the grid makes room for the enlarged head, or takes
 * it back.
 */
const PATIENCE = 240;
let waiting: ReturnType<typeof setTimeout> | undefined;

/**
 * A click enlarges a head beside the grid; on the one that is enlarged it closes that again. A
 * double click opens the head view with this head alone. `clicks` counts quick clicks in
 * succession, 0 is a key.
 */
export function pressCell(place: Place | null, clicks: number): void {
  const address = addressOf(place);
  if (!address) return;
  clearTimeout(waiting);
  if (clicks > 1) {
    openHeadView(address);
    return;
  }
  const close = enlarged.value && address.layer === layer.value && address.head === head.value;
  focusHead(address.layer, address.head);
  if (enlarged.value && !close) return;
  // The cells move when the panel comes or goes: a second click must still find its cell where it
  // was.
  const settle = (): void => {
    enlarged.value = !close;
  };
  if (clicks === 0) settle();
  else waiting = setTimeout(settle, PATIENCE);
}

/** The head view with this head alone. */
export function openHeadView(address: HeadAddress): void {
  batch(() => {
    enlarged.value = true;
    focusHead(address.layer, address.head);
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

/**
 * Where a key leads; it enlarges or opens a head by itself. null: the key was for somebody else, or
 * nothing has moved.
 */
export function keyCell(event: KeyboardEvent, at: Place, layout: GridLayout): Place | null {
  if (event.altKey || event.ctrlKey || event.metaKey) return null;
  const next = moved(layout, slotOf(layout, at), event.key);
  const acts = event.key === "Enter" || event.key === " ";
  if (next === null && !acts) return null;
  event.preventDefault();
  event.stopPropagation();
  if (next !== null) return layout.slots[next] ?? null;
  pressCell(at, event.shiftKey ? 2 : 0);
  return null;
}

function addressOf(place: Place | null): HeadAddress | null {
  const number = place ? thumbnails.value?.layers[place.row] : undefined;
  return place && number !== undefined ? { layer: number, head: place.head } : null;
}
