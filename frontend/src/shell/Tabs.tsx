/** The tabs of the views, export, and help. */

import type { JSX } from "preact";
import { view } from "../state/selection";
import { ExportMenu } from "./ExportMenu";
import { helpOpen } from "./help";
import { VIEWS, viewOf } from "./views";

export function Tabs(): JSX.Element {
  const now = viewOf(view.value).name;
  return (
    <nav class="tabs">
      <div role="tablist" aria-label="View" class="tab-list">
        {VIEWS.map((each, index) => (
          <button
            key={each.name}
            type="button"
            role="tab"
            class="tab"
            aria-selected={each.name === now}
            title={`${each.hint} (${index + 1})`}
            data-testid={`view-${each.name}`}
            onClick={() => {
              view.value = each.name;
            }}
          >
            {each.label}
          </button>
        ))}
      </div>
      <div class="tab-tools">
        <ExportMenu />
        <button
          type="button"
          class="quiet"
          data-testid="help"
          onClick={() => {
            helpOpen.value = true;
          }}
        >
          Keys <kbd>?</kbd>
        </button>
      </div>
    </nav>
  );
}
