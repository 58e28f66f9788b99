/** What went wrong, as a sentence, with a way to try again. */

import type { JSX } from "preact";
import { missingSentences } from "../state/missing_words";
import { chooseShown } from "../state/selection";
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
