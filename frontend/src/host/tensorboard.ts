/** The host that is TensorBoard's page: its address, its switch of the theme, its reload. */

import type { Host, Stop } from "./host";
import { addressIn, followHeight } from "./window";

/** TensorBoard's application, in which it makes the frame of a plugin with this address. */
const APPLICATION = "tb-webapp";
const FRAME = /(^|\/)data\/plugin_entry\.html\?/;

/**
 * TensorBoard's page, if it is what `own` stands in. Any other page that frames the plugin, a
 * notebook for one, is none of our business, even where it may be read.
 */
export function tensorboardPage(own: Window): Window | null {
  // Null where there is no parent, and where the parent is of another origin.
  const frame = own.frameElement;
  const made = frame?.closest(APPLICATION) && FRAME.test(frame.getAttribute("src") ?? "");
  return made ? own.parent : null;
}

/** `page` is that of `tensorboardPage`. */
export function tensorboardHost(own: Window, page: Window, runs: Host["runs"]): Host {
  return {
    ...addressIn(page),
    followTheme(listener) {
      const { body } = page.document;
      const read = (): void => listener(body.classList.contains("dark-mode") ? "dark" : "light");
      const observer = new MutationObserver(read);
      observer.observe(body, { attributes: true, attributeFilter: ["class"] });
      read();
      return () => observer.disconnect();
    },
    followVisible: (listener) => followHeight(own, listener),
    followReload: (listener) => followReload(page, listener),
    runs,
    mayTakeKeys: () => page.top === page && isIdle(page.document, own.frameElement),
  };
}

/**
 * Nothing has the focus but what opened our tab: it is then in the header, and keys would not reach
 * us before a click.
 */
function isIdle({ activeElement: focused, body }: Document, ours: Element | null): boolean {
  if (focused === null || focused === body || focused === ours) return true;
  return focused.closest("plugin-selector") !== null;
}

/** After each reload of TensorBoard, by its button or by its timer. */
function followReload(page: Window, listener: () => void): Stop {
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
  page.postMessage("experimental.bootstrap", "*", [channel.port2]);
  return () => channel.port1.close();
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
