/** What went wrong, as a sentence, with a way to try again. */

import type { JSX } from "preact";
import { probeKey } from "../state/histories";
import { chooseShown } from "../state/keep_shown";
import { missingSentences } from "../state/missing_words";
import { nothingAt } from "../state/opening";
import { run, tag } from "../state/selection";
import { Icon } from "../ui/Icon";

interface ErrorPanelProps {
  readonly problem: string;
  readonly retry: () => void;
}

/** Instead of the view. */
export function ErrorPanel({ problem, retry }: ErrorPanelProps): JSX.Element {
  return (
    <div class="panel-state" role="alert" data-testid="error">
      <h1>This could not be shown</h1>
      <p>{problem}</p>
      <button type="button" class="button primary" onClick={retry} data-testid="retry">
        Try again
      </button>
    </div>
  );
}

/** Above a view that shows something else than the address asks for. */
export function MissingBanner(): JSX.Element | null {
  const sentences = missingSentences();
  if (sentences.length === 0) return null;
  return (
    <div class="banner" role="status" data-testid="missing">
      <Icon name="warning" />
      <span>
        {sentences.join(" ")} The address still asks for {sentences.length === 1 ? "it" : "them"}.
      </span>
      <button
        type="button"
        class="button"
        title="and put what is shown into the address"
        data-testid="missing-dismiss"
        onClick={chooseShown}
      >
        Keep what is shown
      </button>
    </div>
  );
}

/** Above the view that opens where there is no story. */
export function NothingBanner(): JSX.Element | null {
  if (nothingAt.value !== probeKey(run.value, tag.value)) return null;
  return (
    <div class="banner calm" role="status" data-testid="nothing">
      <span>Nothing stands out in these logs. This is the probe with the most steps.</span>
      <button
        type="button"
        class="button"
        onClick={() => {
          nothingAt.value = "";
        }}
      >
        Close
      </button>
    </div>
  );
}

/** Above a view that still shows what was there before. */
export function ErrorBanner({ problem, retry }: ErrorPanelProps): JSX.Element {
  return (
    <div class="banner" role="alert" data-testid="error">
      <Icon name="warning" />
      <span>{problem} What you see is from before.</span>
      <button type="button" class="button" onClick={retry} data-testid="retry">
        Try again
      </button>
    </div>
  );
}
