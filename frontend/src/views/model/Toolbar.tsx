/** Above the grid: how cells are drawn, which of them, and in which order. It takes two lines at most. */

import { batch } from "@preact/signals";
import type { JSX } from "preact";
import { effectMetric, effectNumbers } from "../../state/effects";
import { headTypes, metrics } from "../../state/histories";
import { type ModelDrawing, modelDrawing, rolloutLayer } from "../../state/model_drawing";
import { typeFilter } from "../../state/overview";
import { layers } from "../../state/selection";
import type { Option } from "../../ui/choice";
import { metricWords } from "../../ui/metric_words";
import { Segments } from "../../ui/Segments";
import { Select } from "../../ui/Select";
import { fitting } from "./changes";
import {
  ascending,
  BY_CHANGE,
  BY_PLACE,
  BY_TYPE,
  effectFilter,
  headsText,
  layersText,
  sortBy,
} from "./choices";
import { Size } from "./GridTools";
import { LineSelect } from "./sheet/LineSelect";
import { WhichCells } from "./WhichCells";

const DRAWINGS: readonly Option<ModelDrawing>[] = [
  { value: "maps", label: "maps", hint: "heat maps: queries down, keys across" },
  {
    value: "lines",
    label: "lines",
    hint: "from queries at the left to keys at the right, in the colour of the head",
  },
  {
    value: "sheet",
    label: "sheet",
    hint: "contact sheet, an experiment: heads with type, effect and a line over the steps, to zoom into",
  },
  {
    value: "rollout",
    label: "rollout",
    hint: "how much of each token has reached each place after all layers, or some",
  },
];

export function Toolbar(): JSX.Element {
  return (
    <div class="model-tools">
      <Segments label="Drawing of the cells" id="model" options={DRAWINGS} of={modelDrawing} />
      {modelDrawing.value === "rollout" ? (
        <UpTo />
      ) : (
        <>
          <WhichCells />
          <Order />
          {modelDrawing.value === "sheet" ? <LineSelect /> : <Size />}
        </>
      )}
    </div>
  );
}

/** The last layer that the rollout goes through. */
function UpTo(): JSX.Element {
  const last = layers.value[layers.value.length - 1] ?? 0;
  return (
    <Select
      label="up to layer"
      title="What has reached each place after this layer"
      testId="rollout-layer"
      options={layers.value.map((each) => ({ value: each, label: String(each) }))}
      value={rolloutLayer.value ?? last}
      onChoose={(chosen) => {
        rolloutLayer.value = chosen === last ? null : chosen;
      }}
    />
  );
}

function Order(): JSX.Element {
  const effects = effectNumbers.value.map(effectMetric);
  return (
    <span class="model-tool">
      <label title="Layers down and heads across, or one after the other">
        sort
        <select
          class="control"
          value={sortBy.value}
          data-testid="model-sort"
          onChange={(event) => {
            sortBy.value = event.currentTarget.value;
          }}
        >
          <option value={BY_PLACE}>layers × heads</option>
          {fitting.value && <option value={BY_CHANGE}>change</option>}
          {headTypes.value && <option value={BY_TYPE}>head type</option>}
          {effectNumbers.value.map((number) => (
            <option key={number} value={effectMetric(number)}>
              matters most: {number}
            </option>
          ))}
          {metrics.value?.names
            .filter((name) => !effects.includes(name))
            .map((name) => (
              <option key={name} value={name}>
                {metricWords(name).label}
              </option>
            ))}
        </select>
      </label>
      {sortBy.value !== BY_PLACE && (
        <button
          type="button"
          class="button"
          title={
            ascending.value
              ? "the smallest first; click for the largest"
              : "the largest first; click for the smallest"
          }
          aria-label={ascending.value ? "smallest first" : "largest first"}
          data-testid="model-ascending"
          onClick={() => {
            ascending.value = !ascending.value;
          }}
        >
          {ascending.value ? "↑" : "↓"}
        </button>
      )}
    </span>
  );
}

/** Instead of a grid of which the filters have left nothing. */
export function NothingLeft(): JSX.Element {
  return (
    <p class="note model-nothing" data-testid="model-nothing">
      No head passes the filters.{" "}
      <button
        type="button"
        class="link"
        onClick={() => {
          batch(() => {
            layersText.value = "";
            headsText.value = "";
            typeFilter.value = null;
            effectFilter.value = "all";
          });
        }}
      >
        show all heads
      </button>
    </p>
  );
}
