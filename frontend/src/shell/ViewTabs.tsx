/** The tabs of the views, export, and help. */

import type { JSX } from "preact";
import { view } from "../state/selection";
import { Icon } from "../ui/Icon";
import { Tabs } from "../ui/Tabs";
import { ALL_VIEWS } from "../views";
import { ExportMenu } from "./ExportMenu";
import { helpOpen } from "./help";
import { settingsShown, toggleSettings } from "./settings_shown";

/** Test ids and the panel's id begin with it. */
export const VIEW_TABS = "view";

const OPTIONS = ALL_VIEWS.map(({ name, label, hint }, index) => ({
  value: name,
  label,
  hint: `${hint} (${index + 1})`,
}));

export function ViewTabs(): JSX.Element {
  return (
    <nav class="view-bar">
      <SettingsButton />
      <Tabs label="View" id={VIEW_TABS} options={OPTIONS} of={view} look="page" />
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

function SettingsButton(): JSX.Element {
  const label = settingsShown.value ? "Hide the settings (s)" : "Show the settings (s)";
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      data-testid="settings-toggle"
      onClick={toggleSettings}
    >
      <Icon name="settings" />
    </button>
  );
}
