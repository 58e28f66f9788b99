/**
 * (e) Head types as chips, with how many heads are of each at this step; a click filters. And the
 * scores of the focused head.
 */

import { batch } from "@preact/signals";
import type { JSX } from "preact";
import { askedTypes, headTypes, metrics } from "../../state/histories";
import { metric, metricOf, typeBits, typeFilter } from "../../state/overview";
import { head, layer } from "../../state/selection";
import type { HeadType } from "../../types";
import { headName, metricText, metricWords } from "../../ui/metric_words";

/** Names of the types as the server has them, for the room that they will take. */
export const USUAL_TYPES = [
  "first token",
  "previous token",
  "self",
  "duplicate token",
  "induction",
  "resting",
  "spread",
  "local",
] as const;

export function TypeChips(): JSX.Element {
  const types = headTypes.value?.types;
  if (askedTypes.value.problem !== null) return <p class="note">{askedTypes.value.problem}</p>;
  if (types === undefined)
    return (
      <div class="overview-chips overview-room" aria-hidden="true">
        {USUAL_TYPES.map((name) => (
          <span key={name} class="chip">
            {name} <b>00</b>
          </span>
        ))}
      </div>
    );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in a line in every browser
    <div class="overview-chips" role="group" aria-label="Head types">
      {types.map((type, index) => (
        <button
          key={type.name}
          type="button"
          class="chip"
          aria-pressed={typeFilter.value === type.name}
          title={`${type.meaning}\n${rule(type)}\nclick: only heads of this type, by this metric`}
          data-testid={`type-${type.name.replaceAll(" ", "-")}`}
          onClick={() => toggleType(type)}
        >
          {type.name} <b>{count(index)}</b>
        </button>
      ))}
      {typeFilter.value !== null && (
        <button
          type="button"
          class="link"
          data-testid="type-all"
          onClick={() => {
            typeFilter.value = null;
          }}
        >
          all heads
        </button>
      )}
    </div>
  );
}

/** Only heads of this type, by the metric that it is made of; or all heads again. */
function toggleType({ name, metric: behind }: HeadType): void {
  const isOn = typeFilter.peek() === name;
  batch(() => {
    typeFilter.value = isOn ? null : name;
    if (!isOn && metrics.peek()?.names.includes(behind)) metric.value = behind;
  });
}

/** "L1 H2 first token 0.02, local 0.71; not defined for this text: induction" */
export function TypeScores(): JSX.Element | null {
  const [known, values] = [headTypes.value, metrics.value];
  if (askedTypes.value.problem !== null || known?.types.length === 0) return null;
  if (!known || !values)
    return (
      <p class="note overview-scores overview-room" aria-hidden="true">
        <b>L0 H0</b>
        {USUAL_TYPES.map((name) => (
          <span key={name}>{name} 0.00</span>
        ))}
      </p>
    );
  const focused = { layer: layer.value, head: head.value };
  const bits = typeBits.value.get(`${focused.layer}.${focused.head}`) ?? 0;
  const score = (type: HeadType): number => metricOf(type.metric, focused.layer, focused.head);
  const undefinedTypes = known.types.filter((type) => Number.isNaN(score(type)));
  return (
    <p class="note overview-scores" data-testid="type-scores">
      <b>{headName(focused)}</b>
      {known.types.map((type, index) =>
        Number.isNaN(score(type)) ? null : (
          <span key={type.name} class={(bits >> index) & 1 ? "of-type" : ""} title={rule(type)}>
            {type.name} {metricText(score(type), type.metric)}
          </span>
        ),
      )}
      {undefinedTypes.length > 0 && (
        <span>not defined for this text: {undefinedTypes.map(({ name }) => name).join(", ")}</span>
      )}
    </p>
  );
}

function rule(type: HeadType): string {
  return `${metricWords(type.metric).label} ${type.comparison} ${type.threshold}`;
}

function count(index: number): number {
  let found = 0;
  for (const bits of typeBits.value.values()) found += (bits >> index) & 1;
  return found;
}
