/** What went wrong, as a sentence, with a way to try again. */

import type { JSX } from "preact";
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
