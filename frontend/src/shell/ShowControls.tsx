/** SHOW: which weights are drawn and how, in every view. */

import type { JSX } from "preact";
import { lengthsMissing, lengthsNote, showNow } from "../state/arriving";
import { hasSpecial, knowsResting } from "../state/hidden";
import { leastSentence } from "../state/least";
import { hasSegments } from "../state/plan";
import { keySequence } from "../state/selection";
import {
  type FirstToken,
  first,
  mass,
  type Scale,
  type Show,
  scale,
  segmentShare,
  segments,
  show,
  smallest,
  special,
  token,
  words,
} from "../state/show";
import { showSummary } from "../state/show_summary";
import { chosenKey } from "../state/token_pair";
import type { Option } from "../ui/choice";
import { FoldedSection } from "../ui/FoldedSection";
import { Segments } from "../ui/Segments";
import { OneToken } from "./OneToken";
import { acting, Check, ignored, Line, NumberField } from "./ShowFields";

const SCALES: readonly Option<Scale>[] = [
  { value: "linear", label: "linear", hint: "strength follows the weight" },
  { value: "sqrt", label: "square root", hint: "small weights stay visible" },
];
const NUMBERS: readonly Option<Show>[] = [
  { value: "weight", label: "weight", hint: "how much a query attends to a key" },
  {
    value: "arriving",
    label: "what arrives",
    hint: "weight times the length of what the key gives (its value after the output projection), as a share of the row",
  },
];
const FIRST: readonly Option<FirstToken>[] = [
  { value: "show", label: "show", hint: "weights as the model has them" },
  {
    value: "hide",
    label: "hide",
    hint: "leave out what goes to this token; other weights stay as they are",
  },
  {
    value: "renormalise",
    label: "renormalise",
    hint: "leave it out, and divide the others by what remains: rows sum to 1 again",
  },
];
const UNITS: readonly Option<boolean>[] = [
  { value: false, label: "tokens", hint: "a row for each token" },
  {
    value: true,
    label: "words",
    hint: "whole words: the sum over the keys of a word, the mean over its queries",
  },
];

export function ShowControls(): JSX.Element {
  return (
    <FoldedSection title="Show" id="show" summary={showSummary()}>
      <Numbers />
      <Line name="Scale" id="scale" options={SCALES} of={scale} setting="scale" />
      <Limit />
      <MeantToken />
      <div title={ignored("first")?.why}>
        <Segments labelledBy="token-label" id="first" options={acting("first", FIRST)} of={first} />
      </div>
      {first.value !== "show" && hasSpecial.value && (
        <Check name="special tokens as well" id="special" of={special} setting="first" />
      )}
      <Line name="Rows" id="words" options={UNITS} of={words} setting="words" />
      {hasSegments.value && <SegmentSelect />}
    </FoldedSection>
  );
}

/** Weights, or what arrives by them where the lengths of values were logged. */
function Numbers(): JSX.Element {
  const missing = lengthsMissing.value;
  const options = NUMBERS.map((each) =>
    each.value === "arriving" && missing !== "" ? { ...each, hint: missing, off: true } : each,
  );
  const choice = {
    get value() {
      return showNow.value;
    },
    set value(wanted: Show) {
      show.value = wanted;
    },
  };
  return (
    <>
      <Line name="Numbers" id="show" options={options} of={choice} setting="show" />
      {missing !== "" && show.value === "arriving" && (
        <p class="note" data-testid="show-missing">
          What arrives is not known here. {missing}
        </p>
      )}
      {lengthsNote.value !== "" && (
        <p class="note" data-testid="show-lengths">
          {lengthsNote.value}
        </p>
      )}
    </>
  );
}

/** Which token is shown, hidden, or left out of what is divided. */
function MeantToken(): JSX.Element {
  const now = token.value;
  return (
    <>
      <label
        class="stacked"
        title={
          ignored("first")?.why ??
          "Heads leave the weight that they do not need on one token: hide it to see the rest"
        }
      >
        <span id="token-label">Weight on</span>
        <select
          class="control"
          data-testid="token"
          disabled={ignored("first")?.off && now !== "resting"}
          value={typeof now === "number" ? "one" : now}
          onChange={({ currentTarget }) => {
            const chosen = currentTarget.value;
            token.value =
              chosen === "first" || chosen === "resting" ? chosen : (chosenKey.value ?? 0);
          }}
        >
          <option value="first">the first token</option>
          <option value="resting">what each head rests on</option>
          <option value="one">one token</option>
        </select>
      </label>
      {typeof now === "number" && <OneToken place={now} />}
      {now === "resting" && !knowsResting.value && (
        <p class="note">
          This log is older than the head metric <i>resting</i>: it does not say what heads rest on.
        </p>
      )}
    </>
  );
}

/**
 * Which weights are too small to be drawn: by the weight, or by the share of its query that is
 * drawn already.
 */
function Limit(): JSX.Element {
  return (
    <>
      <NumberField
        name="Smallest weight"
        id="smallest"
        hint="Weights below this are not drawn. Empty: it scales with the text, half of the weight that each key would have if all had the same, so that long texts are drawn as well"
        of={smallest}
        setting="smallest"
        unit={1}
        step={0.01}
      />
      <p class="note" data-testid="smallest-meaning">
        {leastSentence(smallest.value, keySequence.value?.tokens.length ?? 1)}{" "}
        {smallest.value !== null && (
          <button
            type="button"
            class="link"
            data-testid="smallest-scales"
            onClick={() => {
              smallest.value = null;
            }}
          >
            scale with the text
          </button>
        )}
      </p>
      <NumberField
        name="Share of each query, %"
        id="mass"
        hint="Of each query only the largest weights are drawn that together make this share; 100: all of them. Set the smallest weight to 0 to see exactly this share."
        of={mass}
        setting="mass"
        unit={100}
        step={5}
      />
    </>
  );
}

const PAIRS = [
  ["all", "all"],
  ["AA", "A → A"],
  ["AB", "A → B"],
  ["BA", "B → A"],
  ["BB", "B → B"],
] as const;

/** Queries of one segment of a pair of sentences to keys of one. */
function SegmentSelect(): JSX.Element {
  return (
    <>
      <label
        class="line"
        title={
          ignored("segments")?.why ??
          "Queries of one sentence to keys of one; weights are not renormalised unless you say so"
        }
      >
        <span>Sentences</span>
        <select
          class="control"
          data-testid="segments"
          disabled={ignored("segments")?.off}
          value={segments.value}
          onChange={(event) => {
            segments.value =
              PAIRS.find(([value]) => value === event.currentTarget.value)?.[0] ?? "all";
          }}
        >
          {PAIRS.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {segments.value !== "all" && (
        <Check
          name="renormalise: rows sum to 1"
          id="segment-share"
          of={segmentShare}
          setting="segments"
        />
      )}
    </>
  );
}
