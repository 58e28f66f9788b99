/**
 * The whole tab: settings, tabs, the active view and the status bar, and the states in which there
 * is nothing to view.
 */

import type { JSX } from "preact";
import { capture, loading, problem, runs } from "../state/data";
import { opening } from "../state/opening";
import { view } from "../state/selection";
import { LessonDialog } from "../ui/LessonDialog";
import { TabPanel } from "../ui/Tabs";
import { VIEWS } from "../views";
import { drawnNow, lostScript } from "../views/drawn";
import { EmptyState } from "./EmptyState";
import { ErrorBoundary } from "./ErrorBoundary";
import { ErrorBanner, ErrorPanel, MissingBanner, NothingBanner } from "./ErrorPanel";
import { HelpDialog } from "./HelpDialog";
import { Settings } from "./Settings";
import { PageSkeleton, StorySkeleton, ViewSkeleton } from "./Skeleton";
import { StatusBar } from "./StatusBar";
import { CompareBanner, StepBanner } from "./StepBanners";
import { StepBar } from "./StepBar";
import { narrow, settingsShown, toggleSettings } from "./settings_shown";
import { TextStrip } from "./strip";
import { VIEW_TABS, ViewTabs } from "./ViewTabs";

interface AppProps {
  /** Asks the server again for everything that is missing. */
  readonly refresh: () => void;
}

export function App({ refresh }: AppProps): JSX.Element {
  return (
    <ErrorBoundary>
      <Page refresh={refresh} />
      <HelpDialog />
      <LessonDialog />
    </ErrorBoundary>
  );
}

function Page({ refresh }: AppProps): JSX.Element {
  const known = runs.value;
  if (!known)
    return problem.value ? (
      <ErrorPanel problem={problem.value} retry={refresh} />
    ) : (
      <PageSkeleton note="Looking for runs" />
    );
  if (!known.runs.some((each) => each.tags.length > 0)) {
    return known.loading ? (
      <PageSkeleton note="Reading the log directory" />
    ) : (
      <EmptyState refresh={refresh} />
    );
  }
  return (
    <div class={`shell ${settingsShown.value ? "" : "without-settings"}`}>
      <SkipLink />
      {settingsShown.value && <Settings />}
      {settingsShown.value && narrow.value && <Scrim />}
      <main class="content">
        <ViewTabs />
        <TextStrip />
        <StepBar />
        <Content refresh={refresh} />
        <StatusBar />
      </main>
    </div>
  );
}

/** The first stop of the Tab key: past the settings, to the view. */
function SkipLink(): JSX.Element {
  return (
    <button type="button" class="button skip-link" data-testid="skip" onClick={focusView}>
      Skip to the view
    </button>
  );
}

/** Beside the settings where they lie above the view: a click there puts them away. */
function Scrim(): JSX.Element {
  return (
    <button
      type="button"
      class="scrim"
      aria-label="Hide the settings"
      tabIndex={-1}
      onClick={toggleSettings}
    />
  );
}

function focusView(): void {
  const panel = document.getElementById(`${VIEW_TABS}-panel`);
  if (!panel) return;
  panel.tabIndex = -1;
  panel.focus();
}

function Content({ refresh }: AppProps): JSX.Element {
  const active = VIEWS[view.value];
  const drawn = drawnNow.value;
  const said = problem.value;
  if (opening.value || capture.value === null || drawn === null || !active.ready()) {
    return (
      <>
        <StepBanner />
        <TabPanel of={VIEW_TABS} tab={active.name} class="view">
          <Waiting refresh={refresh} />
        </TabPanel>
      </>
    );
  }
  const View = drawn.component;
  return (
    <>
      <MissingBanner />
      <StepBanner />
      <CompareBanner />
      <NothingBanner />
      {said !== null && <ErrorBanner problem={said} retry={refresh} />}
      <TabPanel of={VIEW_TABS} tab={active.name} class="view">
        <ErrorBoundary key={active.name}>
          <View />
        </ErrorBoundary>
      </TabPanel>
    </>
  );
}

/** Instead of a view that has no numbers yet. */
function Waiting({ refresh }: AppProps): JSX.Element {
  const said = problem.value ?? lostScript.value;
  if (said !== null) return <ErrorPanel problem={said} retry={refresh} />;
  if (opening.value) return <StorySkeleton />;
  if (loading.value || capture.value === null || drawnNow.value === null) return <ViewSkeleton />;
  return (
    <ErrorPanel
      problem="This capture holds no attention layers: it was logged without any."
      retry={refresh}
    />
  );
}
