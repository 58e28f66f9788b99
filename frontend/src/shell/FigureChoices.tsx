/** In the menu Export: how the next figures are made. */

import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { drawingsOf } from "../export/figure";
import type { Theme } from "../types";
import { viewRoot } from "./export_action";
import { type FigureWidth, figurePart, figureTheme, figureWidth } from "./figure_choice";

interface Option<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly hint: string;
}

const WIDTHS: readonly Option<FigureWidth>[] = [
  { value: "column", label: "85 mm", hint: "one column of a paper" },
  { value: "page", label: "178 mm", hint: "two columns, or a page" },
  { value: "screen", label: "as shown", hint: "as wide as on the screen" },
];

const THEMES: readonly Option<Theme>[] = [
  { value: "light", label: "light", hint: "for paper" },
  { value: "dark", label: "dark", hint: "for dark slides" },
];

export function FigureChoices(): JSX.Element {
  const names = [...drawingsOf(viewRoot()).keys()];
  const parts = [
    { value: "", label: "the view", hint: "the drawings of the view itself" },
    ...names.map((name) => ({ value: name, label: name, hint: "this drawing alone" })),
  ];
  return (
    <>
      {names.length > 1 && <Choice label="Figure of" id="part" options={parts} of={figurePart} />}
      <Choice label="Width" id="width" options={WIDTHS} of={figureWidth} />
      <Choice label="Colours" id="theme" options={THEMES} of={figureTheme} />
    </>
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly id: string;
  readonly options: readonly Option<T>[];
  readonly of: Signal<T>;
}

function Choice<T extends string>({ label, id, options, of }: ChoiceProps<T>): JSX.Element {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset may not stand in a menu
    <div class="menu-choice" role="group" aria-label={label}>
      <span class="note" aria-hidden="true">
        {label}
      </span>
      <div class="menu-options">
        {options.map((each) => (
          <button
            key={each.value}
            type="button"
            class="segment"
            role="menuitemradio"
            tabIndex={-1}
            aria-checked={of.value === each.value}
            title={each.hint}
            data-testid={`figure-${id}-${each.value || "view"}`}
            onClick={() => {
              of.value = each.value;
            }}
          >
            {each.label}
          </button>
        ))}
      </div>
    </div>
  );
}
