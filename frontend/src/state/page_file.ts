/** What is shown as one file, which opens without a server. */

import { signal } from "@preact/signals";
import type { PluginApi } from "../api/plugin";
import { compared } from "./compare";
import { host } from "./host";
import { shownCapture } from "./scope";

/** Makes the file; null where there is no server to make it, as in such a file itself. */
export const makePage = signal<(() => Promise<ArrayBuffer>) | null>(null);

export function followPage(api: PluginApi): void {
  makePage.value = () => {
    const capture = shownCapture.peek();
    if (!capture) throw new Error("there is nothing to show yet.");
    const { run, tag, step } = capture;
    const state = (host.peek()?.hash() ?? "").replace(/^#/, "");
    const other = compared.peek()?.place ?? null;
    return api.page({ run, tag, step, version: "" }, other, state, new AbortController().signal);
  };
}
