/** The heads that link the chosen query to the chosen key, at this step, beside what is compared. */

import { batch, computed, signal } from "@preact/signals";
import type { Pair } from "../types";
import type { HeadAddress } from "./chosen";
import { compared, comparing, withPlace, withRunNow, withTagNow } from "./compare";
import { effectOf, numberNow } from "./effects";
import { choice } from "./field";
import { inAddress } from "./fields";
import { askedPair, askedWithPair } from "./histories";
import { pairKey } from "./load_histories";
import { nearest } from "./nearest";
import { panel } from "./overview";
import {
  joinedSeries,
  type PairOrder,
  type PairRow,
  type PairSentence,
  pairRows,
  pairSeries,
  type SeriesAt,
  sortPairRows,
} from "./pair";
import { askedMore, joinBy, offered, type Sentence, sentenceKey } from "./pair_sentences";
import { shownCapture } from "./scope";
import { key, query, run, step, tag, view } from "./selection";
import type { Series } from "./series";

/** By what the heads are ordered; where it is not known here, by the weight. */
export const pairOrder = signal<PairOrder>("difference");
inAddress("pair_order", choice(pairOrder, ["difference", "a", "b", "effect", "head"]));

/** Whether there is a pair to ask about. */
export const hasPair = computed(() => query.value !== null && key.value !== null);

/** The pair in the chosen probe; null until something is known of it. */
export const pairHere = computed<Series | null>(() => {
  const { of, value } = askedPair.value;
  return value && of === pairKey(shownCapture.value) ? pairSeries(value) : null;
});

/** The pair in what is compared, and the step there; null where nothing is. */
const other = computed<SeriesAt | null>(() => {
  const [{ of, value: known }, at] = [askedWithPair.value, withPlace.value];
  if (of !== pairKey(compared.value?.capture ?? null)) return null;
  return comparing.value && known && at ? { series: pairSeries(known), step: at.step } : null;
});

/** Sentences beside the chosen one that are looked at; in a comparison only those that B has too. */
export const moreSentences = computed(() =>
  offered.value.filter((each) => each.chosen && (!comparing.value || each.partner !== null)),
);

/** Which tokens of which probe. */
export interface PairPlace {
  readonly run: string;
  readonly tag: string;
  readonly query: number;
  readonly key: number;
}

export interface PlacedSentence extends PairSentence {
  readonly place: PairPlace;
  /** Of the sentence that it is compared with; null where nothing is. */
  readonly otherPlace: PairPlace | null;
}

/** The chosen sentence, and those of the others that are known so far. */
export const pairSentences = computed<readonly PlacedSentence[]>(() => {
  const [ofA, ofB, known] = [pairHere.value, other.value, askedMore.value.value];
  if (ofA === null) return [];
  const near = (pair: Pair, wanted: number): SeriesAt => {
    const series = pairSeries(pair);
    return { series, step: nearest(series.steps, wanted) };
  };
  const more = moreSentences.value.flatMap(({ sentence, partner }): readonly PlacedSentence[] => {
    const pair = known?.get(sentenceKey(sentence));
    if (!pair || (ofB && !pair.other)) return [];
    const there = ofB && pair.other ? near(pair.other, ofB.step) : null;
    return [
      {
        own: near(pair.own, step.value),
        other: there,
        place: placeOfPair(sentence),
        otherPlace: there && partner ? placeOfPair(partner) : null,
      },
    ];
  });
  const tokens = { query: query.value ?? -1, key: key.value ?? -1 };
  const first = {
    own: { series: ofA, step: step.value },
    other: ofB,
    place: { run: run.value, tag: tag.value, ...tokens },
    otherPlace: ofB && { run: withRunNow.value, tag: withTagNow.value, ...tokens },
  };
  return [first, ...more];
});

function placeOfPair({ run: ofRun, tag: ofTag, query: index, found }: Sentence): PairPlace {
  return { run: ofRun, tag: ofTag, query: index, key: found.key };
}

/** The pair in every head over the steps, in all sentences; null until something is known of it. */
export const pairOverSteps = computed<Series | null>(() =>
  joinedSeries(
    pairSentences.value.map((each) => each.own.series),
    joinBy.value,
  ),
);

/** The same of what is compared, and the step there; null where nothing is. */
export const comparedPair = computed<SeriesAt | null>(() => {
  const all = pairSentences.value.flatMap((each) => each.other?.series ?? []);
  const series = other.value && joinedSeries(all, joinBy.value);
  return other.value && series ? { series, step: other.value.step } : null;
});

/** As it is possible here. */
export const pairOrderNow = computed<PairOrder>(() => {
  const wanted = pairOrder.value;
  if (wanted === "effect" && numberNow.value === null) return "a";
  return comparedPair.value === null && (wanted === "b" || wanted === "difference") ? "a" : wanted;
});

/** All heads whose weight is known, in their order. */
export const pairHeads = computed<readonly PairRow[]>(() =>
  sortPairRows(pairRows(pairSentences.value, joinBy.value), pairOrderNow.value, pairEffect),
);

/** What the output loses without a head, or an estimate of it; NaN where neither is known. */
export function pairEffect({ layer, head }: HeadAddress): number {
  return numberNow.value === null ? Number.NaN : effectOf(numberNow.value, layer, head).value;
}

/** All of them over the steps, as the overview has them. */
export function showPairHeads(): void {
  batch(() => {
    panel.value = "pair";
    view.value = "overview";
  });
}
