/**
 * The host that is a page of its own, whatever frame it stands in: its own address, the browser's
 * theme, and no hand on the keyboard.
 */

import type { Host } from "./host";
import { addressIn, followHeight } from "./window";

/** `runs` is the list of runs of whoever gives the data. */
export function pageHost(own: Window, runs: Host["runs"]): Host {
  return {
    ...addressIn(own),
    followTheme(listener) {
      const query = own.matchMedia("(prefers-color-scheme: dark)");
      const read = (): void => listener(query.matches ? "dark" : "light");
      query.addEventListener("change", read);
      read();
      return () => query.removeEventListener("change", read);
    },
    followVisible: (listener) => followHeight(own, listener),
    followReload: () => () => {},
    runs,
    mayTakeKeys: () => false,
  };
}
