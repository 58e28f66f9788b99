/** Which way the layers of the grid go, and how large its cells are. */

import type { JSX } from "preact";
import type { Option } from "../../ui/choice";
import { Select } from "../../ui/Select";
import { cellSize, layersAs } from "./choices";
import { type LayersAs, SIZES } from "./layout";

const LAYERS: readonly Option<LayersAs>[] = [
  { value: "auto", label: "auto", hint: "the way that shows more cells, or larger ones" },
  { value: "rows", label: "rows", hint: "layers down, heads across" },
  { value: "columns", label: "columns", hint: "layers across, heads down" },
  {
    value: "folded",
    label: "rows, in several columns",
    hint: "layers down, heads across, the next layers beside the first",
  },
];

/** Which way layers go. */
export function LayersSelect(): JSX.Element {
  return (
    <Select
      label="layers as"
      title="Layers as rows, in one column or several, or as columns; auto: the way that shows more cells, or larger ones"
      testId="model-layers-as"
      options={LAYERS}
      value={layersAs.value}
      onChoose={(chosen) => {
        layersAs.value = chosen;
      }}
    />
  );
}

/** How large cells are: as fits, or larger and then they scroll. */
export function Size(): JSX.Element {
  const [least, most] = SIZES;
  return (
    <span class="model-tool">
      <label title="Size of the cells; they scroll downwards where they do not fit, and are never wider than fits">
        size
        <input
          type="range"
          min={least}
          max={most}
          value={cellSize.value ?? least}
          data-testid="model-size"
          onInput={(event) => {
            cellSize.value = event.currentTarget.valueAsNumber;
          }}
        />
      </label>
      {cellSize.value !== null && (
        <button
          type="button"
          class="button"
          data-testid="model-fit"
          onClick={() => {
            cellSize.value = null;
          }}
        >
          fit
        </button>
      )}
    </span>
  );
}
