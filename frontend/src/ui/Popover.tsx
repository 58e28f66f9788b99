/**
 * A button, and a box that it opens above everything else, so that nothing moves. It closes by Esc,
 * and where one clicks or goes elsewhere.
 */

import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useRef } from "preact/hooks";
import { useLeaving } from "./leaving";

interface PopoverProps {
  /** For screen readers. */
  readonly label: string;
  /** On the button. */
  readonly caption: ComponentChildren;
  readonly title?: string;
  /** Tests find the button by this, and the box by `<id>-box`. */
  readonly id: string;
  readonly class?: string;
  /** The button looks pressed also while the box is closed. */
  readonly pressed?: boolean;
  /** What is in the box; `close` closes it. */
  readonly children: (close: () => void) => ComponentChildren;
}

export function Popover(props: PopoverProps): JSX.Element {
  const { label, caption, title, id, class: own = "", pressed = false, children } = props;
  const open = useSignal(false);
  const box = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  useLeaving(open, box);
  const close = (): void => {
    open.value = false;
    opener.current?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears Esc on its way up
    <div
      class={`popover ${own}`}
      ref={box}
      data-export="off"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open.peek()) return;
        close();
        // Handled here: the same key would otherwise let a pin go.
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <button
        ref={opener}
        type="button"
        class={`button ${pressed ? "on" : ""}`}
        aria-haspopup="dialog"
        aria-expanded={open.value}
        title={title}
        data-testid={id}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        {caption} <span aria-hidden="true">▾</span>
      </button>
      {open.value && (
        <div class="popover-box card" role="dialog" aria-label={label} data-testid={`${id}-box`}>
          {children(close)}
        </div>
      )}
    </div>
  );
}
