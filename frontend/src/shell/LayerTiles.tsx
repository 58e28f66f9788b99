/** LAYER: one tile per layer of the stack. */

import type { JSX } from "preact";
import { chooseLayer, layer, layerNow, layers } from "../state/selection";
import { Section } from "../ui/Section";
import { Tiles } from "../ui/Tiles";

export function LayerTiles(): JSX.Element {
  return (
    <Section title="Layer">
      <Tiles label="Layer">
        {layers.value.map((each) => {
          const chosen = each === layer.value;
          return (
            <button
              key={each}
              type="button"
              class="tile"
              aria-pressed={chosen}
              aria-label={`Layer ${each}`}
              title={chosen ? `Layer ${each}: ${layerNow.value?.module ?? ""}` : `Layer ${each}`}
              tabIndex={chosen ? 0 : -1}
              data-testid={`layer-${each}`}
              onClick={() => chooseLayer(each)}
            >
              {each}
            </button>
          );
        })}
      </Tiles>
    </Section>
  );
}
