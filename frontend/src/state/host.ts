/**
 * The page that the tab stands in: what it says, as signals, and itself for what is asked of it.
 */

import { type Signal, signal } from "@preact/signals";
import type { Host, Stop } from "../host/host";
import type { Theme } from "../types";

/** Null before the page is drawn. */
export const host: Signal<Host | null> = signal<Host | null>(null);
export const theme: Signal<Theme> = signal<Theme>("light");
/** False while another tab of TensorBoard is open: nothing is drawn or asked for. */
export const visible: Signal<boolean> = signal(true);

/** Follows what `now` says. Returns what ends it. */
export function followHost(now: Host): Stop {
  host.value = now;
  const stops = [
    now.followTheme((told) => {
      theme.value = told;
    }),
    now.followVisible((told) => {
      visible.value = told;
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
