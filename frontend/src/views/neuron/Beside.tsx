/** Beside the strips: one score taken apart, the head by distance, or one score along the steps. */

import type { JSX } from "preact";
import { type Beside, beside } from "../../state/neuron";
import { Card } from "../../ui/Card";
import type { Option } from "../../ui/choice";
import { TabPanel, Tabs } from "../../ui/Tabs";
import { DistancePanel } from "./DistancePanel";
import { PairPanel } from "./PairPanel";
import { StepsPanel } from "./StepsPanel";
import { picture } from "./state";

const TABS = "neuron-beside";
const PANELS: readonly Option<Beside>[] = [
  { value: "score", label: "This score", hint: "One score taken apart into its neurons" },
  {
    value: "distance",
    label: "Distance",
    hint: "What neurons contribute, and what the head weighs, by the distance of query and key",
  },
  { value: "steps", label: "Steps", hint: "This score and its neurons along the training steps" },
];

export function BesidePanel(): JSX.Element | null {
  if (!picture.value) return null;
  const now = beside.value;
  return (
    <Card
      id="neuron-beside"
      beside
      class="neuron-side"
      label="Beside the strips"
      testId="neuron-side"
    >
      <Tabs label="Beside the strips" id={TABS} options={PANELS} of={beside} look="buttons" />
      <TabPanel of={TABS} tab={now}>
        {now === "score" && <PairPanel />}
        {now === "distance" && <DistancePanel />}
        {now === "steps" && <StepsPanel />}
      </TabPanel>
    </Card>
  );
}
