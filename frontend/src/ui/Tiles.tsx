/** Numbered tiles, one stop of the Tab key: inside, the arrow keys move from tile to tile. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { ACROSS, leaveAfterClick, moveFocus } from "./roving";
import { showInBox } from "./sight";

interface TilesProps {
  readonly label: string;
  readonly children: ComponentChildren;
}

/** Its buttons must have tabIndex 0 (the one that Tab reaches, which stays in sight) or -1. */
export function Tiles({ label, children }: TilesProps): JSX.Element {
  const tiles = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = tiles.current;
    const main = box?.querySelector<HTMLElement>('button[tabindex="0"]');
    if (box && main) showInBox(box, main);
  });
  return (
    <div
      ref={tiles}
      class="tiles"
      role="toolbar"
      aria-label={label}
      onKeyDown={(event) => void moveFocus(event, ACROSS)}
      onClick={leaveAfterClick}
    >
      {children}
    </div>
  );
}
