/** The settings column: what is shown, from the probe down to the heads. */

import type { JSX } from "preact";
import { capture } from "../state/data";
import { CompareControls } from "./CompareControls";
import { HeadTiles } from "./HeadTiles";
import { LayerTiles } from "./LayerTiles";
import { ProbeSelect } from "./ProbeSelect";
import { RunList } from "./RunList";
import { ShowControls } from "./ShowControls";
import { StackSelect } from "./StackSelect";
import { StepBar } from "./StepBar";

export function Settings(): JSX.Element {
  return (
    <aside class="settings" aria-label="Settings">
      <ProbeSelect />
      <RunList />
      <StepBar />
      {capture.value && (
        <>
          <CompareControls />
          <StackSelect />
          <LayerTiles />
          <HeadTiles />
          <ShowControls />
        </>
      )}
    </aside>
  );
}
