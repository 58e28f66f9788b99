/** A part of a view with a border of its own, which may have the whole tab for itself. */

import type { ComponentChildren, JSX, RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { coverOthers, fullCard } from "./full_card";
import { Icon } from "./Icon";

interface CardProps {
  /** Its name in the address, which begins with that of its view. */
  readonly id: string;
  /** For screen readers. */
  readonly label: string;
  readonly class?: string;
  /** It stands beside what the view is about. */
  readonly beside?: boolean;
  readonly testId?: string;
  /** For who brings it into sight. */
  readonly box?: RefObject<HTMLElement | null>;
  readonly children: ComponentChildren;
}

export function Card(props: CardProps): JSX.Element {
  const { id, label, class: own = "", beside = false, testId, children } = props;
  const ownBox = useRef<HTMLElement>(null);
  const box = props.box ?? ownBox;
  const full = fullCard.value === id;
  // Before the next key: a Tab that comes at once would reach what is covered.
  useLayoutEffect(() => {
    if (!full || !box.current) return undefined;
    const uncover = coverOthers(box.current);
    return () => {
      uncover();
      // A card that is no longer there has nothing to fill.
      if (fullCard.peek() === id && !box.current?.isConnected) fullCard.value = null;
    };
  }, [full, id, box]);
  const Element = beside ? "aside" : "section";
  return (
    <Element
      ref={box}
      class={`card may-fill ${own} ${full ? "full" : ""}`}
      aria-label={label}
      data-testid={testId}
    >
      {children}
      <button
        type="button"
        class="icon-button fill-button"
        aria-label={`Full screen: ${label}`}
        aria-pressed={full}
        title={full ? "Back to the other cards (Esc)" : "Full screen"}
        data-export="off"
        data-testid={`full-${id}`}
        onClick={() => {
          fullCard.value = full ? null : id;
        }}
      >
        <Icon name={full ? "shrink" : "fill"} />
      </button>
    </Element>
  );
}
