/** The tabs of the views, export, and help. */

import type { JSX } from "preact";
import { view } from "../state/selection";
import type { ViewName } from "../types";
import type { Choice } from "../ui/choice";
import { Tabs } from "../ui/Tabs";
import { ExportMenu } from "./ExportMenu";
import { helpOpen } from "./help";
import { VIEWS, viewOf } from "./views";

/** Test ids and the panel's id begin with it. */
export const VIEW_TABS = "view";

const OPTIONS = VIEWS.map(({ name, label, hint }, index) => ({
  value: name,
  label,
  hint: `${hint} (${index + 1})`,
}));

const chosen: Choice<ViewName> = {
  get value() {
    return viewOf(view.value).name;
  },
  set value(name) {
    view.value = name;
  },
};

export function ViewTabs(): JSX.Element {
  return (
    <nav class="view-bar">
      <Tabs label="View" id={VIEW_TABS} options={OPTIONS} of={chosen} look="page" />
      <div class="view-tools">
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
