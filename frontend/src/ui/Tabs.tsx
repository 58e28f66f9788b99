/**
 * Tabs, one stop of the Tab key: arrow keys go from tab to tab. Beside them the panel that they
 * choose.
 */

import type { ComponentChildren, JSX } from "preact";
import type { Choice, Option } from "./choice";
import { ACROSS, leaveAfterClick, moveFocus } from "./roving";

interface TabsProps<T> {
  /** For screen readers. */
  readonly label: string;
  /** Tests find a tab by this and its value; its panel has the same one. */
  readonly id: string;
  readonly options: readonly Option<T>[];
  readonly of: Choice<T>;
  /**
   * "page": of the whole page; "card": in the head of a card; "buttons": as buttons side by side.
   */
  readonly look: "page" | "card" | "buttons";
}

export function Tabs<T extends string>({
  label,
  id,
  options,
  of,
  look,
}: TabsProps<T>): JSX.Element {
  return (
    <div
      role="tablist"
      tabIndex={-1}
      aria-label={label}
      class={`tab-list tabs-${look}`}
      onKeyDown={(event) => moveFocus(event, ACROSS)?.click()}
      onClick={leaveAfterClick}
    >
      {options.map(({ value, label: text, hint }) => (
        <button
          key={value}
          id={`${id}-${value}`}
          type="button"
          role="tab"
          class={look === "buttons" ? "button" : "tab"}
          aria-selected={of.value === value}
          aria-controls={`${id}-panel`}
          tabIndex={of.value === value ? 0 : -1}
          title={hint}
          data-testid={`${id}-${value}`}
          onClick={() => {
            of.value = value;
          }}
        >
          {text}
        </button>
      ))}
    </div>
  );
}

interface TabPanelProps {
  /** That of its tabs. */
  readonly of: string;
  /** The tab that is chosen. */
  readonly tab: string;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** What the chosen tab shows. */
export function TabPanel({ of, tab, class: own = "", children }: TabPanelProps): JSX.Element {
  return (
    <div class={own} role="tabpanel" id={`${of}-panel`} aria-labelledby={`${of}-${tab}`}>
      {children}
    </div>
  );
}
