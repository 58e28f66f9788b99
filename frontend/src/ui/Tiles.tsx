/** Numbered tiles, one stop of the Tab key: inside, the arrow keys move from tile to tile. */

import type { ComponentChildren, JSX, TargetedKeyboardEvent, TargetedMouseEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";

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
    if (!box || !main) return;
    // Not scrollIntoView: that would scroll the settings column and the page as well.
    const above = main.offsetTop - box.offsetTop;
    if (above < box.scrollTop) box.scrollTop = above;
    else if (above + main.offsetHeight > box.scrollTop + box.clientHeight)
      box.scrollTop = above + main.offsetHeight - box.clientHeight;
  });
  return (
    <div
      ref={tiles}
      class="tiles"
      role="toolbar"
      aria-label={label}
      onKeyDown={move}
      onClick={leave}
    >
      {children}
    </div>
  );
}

/** Who has clicked a tile with the mouse means the step with the next arrow key, not the next tile. */
function leave(event: TargetedMouseEvent<HTMLDivElement>): void {
  if (event.detail > 0 && document.activeElement instanceof HTMLElement)
    document.activeElement.blur();
}

function move(event: TargetedKeyboardEvent<HTMLDivElement>): void {
  const tiles: Element[] = [...event.currentTarget.querySelectorAll("button")];
  const at = document.activeElement ? tiles.indexOf(document.activeElement) : -1;
  const targets: Record<string, number> = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    Home: 0,
    End: tiles.length - 1,
  };
  const target = targets[event.key];
  if (at < 0 || target === undefined) return;
  const tile = tiles[target];
  if (tile instanceof HTMLElement) tile.focus();
  // Handled here: otherwise the same key would also change the step.
  event.preventDefault();
}
