/** What only the model view chooses: how cells are drawn, which of them, and in which order. */

import { computed, signal } from "@preact/signals";
import { choice, countOrNull, field, flag, orEmpty } from "../../state/field";
import { inAddress } from "../../state/fields";
import type { LayersAs } from "./layout";
import { parseRanges } from "./ranges";

/** Layers and heads that are shown, as "0-3, 7"; empty: all. */
export const layersText = signal("");
export const headsText = signal("");
/** Orders of the cells that are no head metric. */
export const BY_PLACE = "";
export const BY_TYPE = "type";
/** How far a head has moved since what it is compared with. */
export const BY_CHANGE = "change";
/** BY_PLACE, BY_TYPE, BY_CHANGE, or the name of a head metric, by which cells stand one after the other. */
export const sortBy = signal(BY_PLACE);
/** Which heads are shown by their effect: all, those that stand out, those that do next to nothing. */
export type EffectFilter = "all" | "out" | "small";
export const effectFilter = signal<EffectFilter>("all");
/** Which way layers go. */
export const layersAs = signal<LayersAs>("auto");
/** Distance from one cell to the next in CSS pixels; null: as fits. */
export const cellSize = signal<number | null>(null);
/** The smallest first. */
export const ascending = signal(false);

inAddress("only_layers", field(layersText, String, String));
inAddress("only_heads", field(headsText, String, String));
inAddress("sort", field(sortBy, String, String));
inAddress("ascending", flag(ascending));
inAddress("layers_as", choice(layersAs, ["auto", "rows", "columns", "folded"]));
inAddress("cell_size", field(cellSize, orEmpty, countOrNull));
inAddress("matters", choice(effectFilter, ["all", "out", "small"]));

/** null: every one, also where the text says nothing. */
export const onlyLayers = computed(() => parseRanges(layersText.value));
export const onlyHeads = computed(() => parseRanges(headsText.value));
