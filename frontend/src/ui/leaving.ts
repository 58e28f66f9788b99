/** A box that opens over the page closes when the pointer or the focus goes elsewhere. */

import type { Signal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/** Closes it when something outside of `box` is pressed or focused. */
export function useLeaving(open: Signal<boolean>, box: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    if (!open.value) return undefined;
    const leave = (event: Event): void => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) open.value = false;
    };
    document.addEventListener("pointerdown", leave);
    document.addEventListener("focusin", leave);
    return () => {
      document.removeEventListener("pointerdown", leave);
      document.removeEventListener("focusin", leave);
    };
  }, [open.value]);
}
