/** Which curves stand beside those of heads. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { drawnCurves, knownCurves, toggleCurve } from "./state";

export function CurveChoice(): JSX.Element | null {
  const box = useRef<HTMLDetailsElement>(null);
  useEffect(() => closeOutside(box.current), []);
  const drawn = drawnCurves.value;
  return (
    <details
      ref={box}
      class="story-choice"
      data-export="off"
      hidden={knownCurves.value.length === 0}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !box.current?.open) return;
        event.stopPropagation();
        box.current.open = false;
        box.current.querySelector("summary")?.focus();
      }}
    >
      <summary class="button" data-testid="story-curve-choice">
        curves <span aria-hidden="true">▾</span>
      </summary>
      <div class="card menu">
        {knownCurves.value.map((each) => (
          <label key={each.name}>
            <input
              type="checkbox"
              checked={drawn.includes(each)}
              onChange={() => toggleCurve(each.name)}
            />
            {each.label}
          </label>
        ))}
      </div>
    </details>
  );
}

/** A click anywhere else closes it. Returns what ends that. */
function closeOutside(box: HTMLDetailsElement | null): () => void {
  const close = (event: Event): void => {
    if (box?.open && event.target instanceof Node && !box.contains(event.target)) box.open = false;
  };
  document.addEventListener("pointerdown", close);
  return () => document.removeEventListener("pointerdown", close);
}
