/** Which heads changed most, and which acquired or lost a type. Pure functions of the answers. */

import type { HeadAddress } from "../../state/selection";
import type { Change, HeadTypes, LayerRow, Stack } from "../../types";

export interface ChangeRow extends HeadAddress {
  /** Jensen-Shannon distance, 0..1. */
  readonly distance: number;
}

/** Heads of a stack by distance, largest first, without those whose distance is not known. */
export function rankChange(change: Change, stack: Stack): readonly ChangeRow[] {
  return change.rows
    .flatMap(({ stack: name, layer }, row) =>
      name !== stack
        ? []
        : Array.from({ length: change.heads }, (_, head) => ({
            layer,
            head,
            distance: change.distance[row * change.heads + head] ?? Number.NaN,
          })),
    )
    .filter((each) => !Number.isNaN(each.distance))
    .sort((a, b) => b.distance - a.distance || a.layer - b.layer || a.head - b.head);
}

export interface LifeRow extends HeadAddress {
  readonly step: number;
  readonly type: string;
  readonly born: boolean;
}

/** Births and deaths of a stack's heads, in the order of their steps. */
export function lifeEvents(types: HeadTypes, stack: Stack): readonly LifeRow[] {
  return types.lives
    .flatMap(({ type, row, head, born, died }) => {
      const at: LayerRow | undefined = types.rows[row];
      const name = types.types[type]?.name;
      if (at?.stack !== stack || name === undefined) return [];
      const address = { layer: at.layer, head, type: name };
      return [
        ...(born === null ? [] : [{ ...address, step: born, born: true }]),
        ...(died === null ? [] : [{ ...address, step: died, born: false }]),
      ];
    })
    .sort((a, b) => a.step - b.step || a.layer - b.layer || a.head - b.head);
}

/**
 * Names of the types of a head at a step, the two of highest priority; "no type" where it has none,
 * null where that is not known.
 */
export function typesAt(
  types: HeadTypes | null,
  stack: Stack,
  { layer, head }: HeadAddress,
  step: number,
): string | null {
  const at = types?.steps.indexOf(step) ?? -1;
  const row = types?.rows.findIndex((each) => each.stack === stack && each.layer === layer) ?? -1;
  if (!types || at < 0 || row < 0) return null;
  const bits = types.data[(at * types.rows.length + row) * types.heads + head] ?? 0;
  const names = types.types.flatMap((each, index) => ((bits >> index) & 1 ? [each.name] : []));
  return names.length > 0 ? names.slice(0, 2).join(", ") : "no type";
}
