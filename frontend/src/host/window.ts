/** What both hosts do with a window: the hash of its address, and whether ours has a height. */

import type { Host, Stop } from "./host";

export type Address = Pick<Host, "hash" | "replaceHash" | "pushHash" | "followHash" | "address">;

/** The state in the address of `page`. */
export function addressIn(page: Window): Address {
  // The whole path, because a lone hash would be resolved against <base>.
  const withHash = (hash: string): string =>
    `${page.location.pathname}${page.location.search}${hash}`;
  return {
    hash: () => page.location.hash,
    replaceHash: (hash) => page.history.replaceState(page.history.state, "", withHash(hash)),
    pushHash: (hash) => page.history.pushState(page.history.state, "", withHash(hash)),
    followHash: (listener) => follow(page, ["hashchange", "popstate"], listener),
    address: () => page.location.href,
  };
}

/**
 * Seen while `own` has a height: TensorBoard keeps the frame of a tab that is not open alive, with
 * a height of 0.
 */
export function followHeight(own: Window, listener: (visible: boolean) => void): Stop {
  const read = (): void => listener(own.innerHeight > 0);
  read();
  return follow(own, ["resize"], read);
}

function follow(target: Window, types: readonly string[], listener: () => void): Stop {
  for (const type of types) target.addEventListener(type, listener);
  return () => {
    for (const type of types) target.removeEventListener(type, listener);
  };
}
