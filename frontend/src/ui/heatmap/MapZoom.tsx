/** Buttons that make the cells of a heat map larger and smaller. */

import type { JSX } from "preact";
import { zoomMaps } from "./actions";
import type { HeatMapStage } from "./state";

interface MapZoomProps {
  readonly stage: HeatMapStage;
  /** Begins the names that tests know the buttons by. */
  readonly testId: string;
}

export function MapZoom({ stage, testId }: MapZoomProps): JSX.Element | null {
  const { zoom } = stage.source;
  const at = stage.maps.value;
  if (at === null || (at.largest && zoom.value === 1)) return null;
  const by = (direction: 1 | -1) => () => zoomMaps(stage, direction);
  return (
    <fieldset class="heat-map-zoom" aria-label="Size of the cells">
      <button
        type="button"
        class="button"
        title="Smaller cells (-, or Ctrl and wheel)"
        aria-label="Smaller cells"
        disabled={zoom.value === 1}
        onClick={by(-1)}
      >
        −
      </button>
      <button
        type="button"
        class="button"
        title="Larger cells (+, or Ctrl and wheel)"
        aria-label="Larger cells"
        data-testid={`${testId}-larger`}
        disabled={at.largest}
        onClick={by(1)}
      >
        +
      </button>
      <button
        type="button"
        class="button"
        title="Whole maps"
        data-testid={`${testId}-whole`}
        disabled={zoom.value === 1}
        onClick={() => {
          zoom.value = 1;
        }}
      >
        fit
      </button>
    </fieldset>
  );
}
