/** Compare: a second capture (B) beside the one that is shown (A), in a box that moves nothing. */

import type { JSX } from "preact";
import { otherRuns } from "../state/checked_runs";
import { run, tag } from "../state/chosen";
import {
  compared,
  compareMode,
  comparesItself,
  withName,
  withRunNow,
  withTagNow,
} from "../state/compare";
import { knownRuns } from "../state/scope";
import { Popover } from "../ui/Popover";
import { CompareNote } from "./CompareNote";
import { CompareStep } from "./CompareStep";
import { compareWithProbe, type Offer, offers } from "./compare_choices";

/** So many other runs are one click away; all of them are in the list below. */
const OFFERED = 4;

export function CompareMenu(): JSX.Element {
  const on = compareMode.value !== "off";
  const name = on ? withName.value : "";
  return (
    <Popover
      label="Compare with"
      id="compare"
      class="compare"
      pressed={on}
      title={
        on ? `A is what is shown, B is ${name}` : "Compare with another step, run or probe (c)"
      }
      caption={
        <span class="compare-caption">
          {on && name !== "" ? (
            <>
              B: <b>{name}</b>
            </>
          ) : (
            "compare"
          )}
        </span>
      }
    >
      {(close) => <Menu close={close} />}
    </Popover>
  );
}

function Menu({ close }: { readonly close: () => void }): JSX.Element {
  const on = compareMode.value !== "off";
  return (
    <>
      <h2>Compare with</h2>
      <div class="compare-offers">
        {offers(otherRuns.value.slice(0, OFFERED)).map((each) => (
          <OfferButton key={each.name} offer={each} close={close} />
        ))}
      </div>
      <div class="compare-fields">
        <RunAndTag />
        <CompareStep />
      </div>
      {compared.value?.problem === null && (
        <CompareNote compared={compared.value} itself={comparesItself.value} />
      )}
      {!on && <p class="note">Shift and a click on the step bar choose a step as well.</p>}
    </>
  );
}

function OfferButton({
  offer,
  close,
}: {
  readonly offer: Offer;
  readonly close: () => void;
}): JSX.Element {
  return (
    <button
      type="button"
      class="menu-item compare-offer"
      aria-pressed={offer.on}
      data-testid={`compare-${offer.name}`}
      onClick={() => {
        offer.choose();
        close();
      }}
    >
      {offer.label}
    </button>
  );
}

/** Where there is but one run, or one probe, there is nothing to choose. */
function RunAndTag(): JSX.Element {
  const all = (knownRuns.value?.runs ?? []).filter((each) => each.tags.length > 0);
  const tags = all.find((each) => each.run === withRunNow.value)?.tags ?? [];
  const others = tags.some((each) => each.tag === withTagNow.value) ? [] : [withTagNow.value];
  return (
    <>
      {all.length > 1 && (
        <label class="line">
          <span>run</span>
          <select
            class="control"
            aria-label="Run to compare with"
            data-testid="with-run"
            value={withRunNow.value}
            onChange={(event) => compareWithProbe({ run: event.currentTarget.value })}
          >
            {all.map((each) => (
              <option key={each.run} value={each.run}>
                {each.run === run.value ? `same run (${each.run})` : each.run}
              </option>
            ))}
          </select>
        </label>
      )}
      {(tags.length > 1 || others.length > 0) && (
        <label class="line">
          <span>probe</span>
          <select
            class="control"
            aria-label="Probe to compare with"
            data-testid="with-tag"
            value={withTagNow.value}
            onChange={(event) => compareWithProbe({ tag: event.currentTarget.value })}
          >
            {tags.map((each) => (
              <option key={each.tag} value={each.tag}>
                {each.tag === tag.value ? `same probe (${each.tag})` : each.tag}
              </option>
            ))}
            {others.map((each) => (
              <option key={each} value={each}>
                {each} (not in this run)
              </option>
            ))}
          </select>
        </label>
      )}
    </>
  );
}
