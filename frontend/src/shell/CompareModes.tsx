/** While two captures are compared: how the two are drawn. */

import type { JSX } from "preact";
import { type CompareMode, compareMode } from "../state/compare";
import type { Option } from "../ui/choice";
import { Segments } from "../ui/Segments";

const MODES: readonly Option<CompareMode>[] = [
  { value: "difference", label: "A − B", hint: "what is shown less what it is compared with (c)" },
  { value: "both", label: "A | B", hint: "side by side (c)" },
];

export function CompareModes(): JSX.Element | null {
  if (compareMode.value === "off") return null;
  return <Segments label="Comparison" id="compare" options={MODES} of={compareMode} />;
}
