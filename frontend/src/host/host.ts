/**
 * What the tab asks of the page that it stands in: TensorBoard's (tensorboard.ts), or a page of its
 * own (page.ts).
 */

import type { Theme } from "../types";

/** Ends what was begun. */
export type Stop = () => void;

/** A run as the host shows it elsewhere. */
export interface HostRun {
  readonly name: string;
  /** As #rrggbb. */
  readonly colour: Readonly<Record<Theme, string>>;
}

export interface Host {
  /** Tells the theme, at once and whenever it changes. */
  followTheme(listener: (theme: Theme) => void): Stop;
  /**
   * Tells whether the tab is seen, at once and whenever that changes. While it is not, nothing is
   * drawn or asked for.
   */
  followVisible(listener: (visible: boolean) => void): Stop;
  /** The hash of the address that holds what is shown, with its "#". */
  hash(): string;
  /** Writes the hash over the present one, without an entry in the history. */
  replaceHash(hash: string): void;
  /** Writes the hash as a new entry in the history. */
  pushHash(hash: string): void;
  /** Calls `listener` when the user changes the address or goes back. */
  followHash(listener: () => void): Stop;
  /** The whole address that opens what is shown; "" where there is none. */
  address(): string;
  /** Calls `listener` whenever the host reads its data anew. */
  followReload(listener: () => void): Stop;
  /**
   * The host's runs in its order, those without attention among them; empty where it has no list.
   */
  runs(signal: AbortSignal): Promise<readonly HostRun[]>;
  /** Whether the tab may take the keyboard now, which the user has given to nothing else. */
  mayTakeKeys(): boolean;
}
