/**
 * The host that is a page of its own, whatever frame it stands in: its own address, the browser's
 * theme, and no hand on the keyboard.
 */

import type { Host } from "./host";
import { type Address, addressIn, followHeight } from "./window";

/** `runs` is the list of runs of whoever gives the data. */
export function pageHost(own: Window, runs: Host["runs"]): Host {
  return {
    ...(HAS_ADDRESS.test(own.location.href) ? addressIn(own) : withoutAddress()),
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

/** The frame of a notebook has about:srcdoc, which opens nothing and is not to be written into. */
const HAS_ADDRESS = /^(https?|file):/;

/** What is shown is remembered while the page is open, and there is no link to it. */
function withoutAddress(): Address {
  let now = "";
  const write = (hash: string): void => {
    now = hash;
  };
  return {
    hash: () => now,
    replaceHash: write,
    pushHash: write,
    followHash: () => () => {},
    address: () => "",
  };
}
