/** What the TensorBoard page around us says: theme, reload, visibility, address. Every look at the parent may fail; then we stand alone. */

import { type Signal, signal } from "@preact/signals";
import type { Theme } from "../types";

export const theme: Signal<Theme> = signal<Theme>("light");
/** False while another tab of TensorBoard is open: nothing is drawn or fetched. */
export const visible: Signal<boolean> = signal(true);

/** The window whose address holds the state: TensorBoard's, or our own where there is none that we may look at. */
function hostWindow(): Window {
  try {
    // Reading the address of a page of another origin throws.
    if (window.parent.location.href !== "") return window.parent;
  } catch {
    return window;
  }
  return window;
}

/** Follows TensorBoard's switch; without TensorBoard the setting of the browser. Returns what ends it. */
export function followTheme(): () => void {
  const host = hostWindow();
  if (host === window) return followBrowserTheme();
  const body = host.document.body;
  const read = (): void => {
    theme.value = body.classList.contains("dark-mode") ? "dark" : "light";
  };
  const observer = new MutationObserver(read);
  observer.observe(body, { attributes: true, attributeFilter: ["class"] });
  read();
  return () => observer.disconnect();
}

function followBrowserTheme(): () => void {
  const query = window.matchMedia("(prefers-color-scheme: dark)");
  const read = (): void => {
    theme.value = query.matches ? "dark" : "light";
  };
  query.addEventListener("change", read);
  read();
  return () => query.removeEventListener("change", read);
}

/** TensorBoard keeps the frame of a tab that is not open alive, with a height of 0. */
export function followVisibility(): () => void {
  const read = (): void => {
    const now = window.innerHeight > 0;
    if (now && !visible.peek()) takeKeys();
    visible.value = now;
  };
  window.addEventListener("resize", read);
  takeKeys();
  read();
  return () => window.removeEventListener("resize", read);
}

/** Who opens our tab has the focus in TensorBoard's header: without this the keys would not reach us before a click. */
function takeKeys(): void {
  const focused = hostWindow().document.activeElement;
  if (!focused?.matches("input, textarea, select")) window.focus();
}

/** Calls `listener` after each reload of TensorBoard, by its button or by its timer. */
export function followReload(listener: () => void): void {
  if (window.parent === window) return;
  const channel = new MessageChannel();
  channel.port1.onmessage = (event: MessageEvent<unknown>) => {
    const message = parseMessage(event.data);
    if (message === null || message.isReply) return;
    if (message.type === "experimental.DataReloaded") listener();
    channel.port1.postMessage(
      JSON.stringify({
        type: message.type,
        id: message.id,
        payload: null,
        error: null,
        isReply: true,
      }),
    );
  };
  window.parent.postMessage("experimental.bootstrap", "*", [channel.port2]);
}

interface HostMessage {
  readonly type: string;
  readonly id: number;
  readonly isReply: boolean;
}

function parseMessage(data: unknown): HostMessage | null {
  if (typeof data !== "string") return null;
  try {
    const { type, id, isReply }: Record<string, unknown> = JSON.parse(data);
    return typeof type === "string" && typeof id === "number"
      ? { type, id, isReply: isReply === true }
      : null;
  } catch {
    return null;
  }
}

/** The hash of the address that holds the state, with its "#". */
export function hostHash(): string {
  return hostWindow().location.hash;
}

/** The whole address that opens what is shown. */
export function hostAddress(): string {
  return hostWindow().location.href;
}

/** Replaces the hash, without an entry in the history. */
export function replaceHostHash(hash: string): void {
  const host = hostWindow();
  // The whole path, because a lone hash would be resolved against <base>.
  host.history.replaceState(
    host.history.state,
    "",
    `${host.location.pathname}${host.location.search}${hash}`,
  );
}

/** Calls `listener` when the user changes the address or goes back. Returns what ends it. */
export function followHostHash(listener: () => void): () => void {
  const host = hostWindow();
  host.addEventListener("hashchange", listener);
  host.addEventListener("popstate", listener);
  return () => {
    host.removeEventListener("hashchange", listener);
    host.removeEventListener("popstate", listener);
  };
}
