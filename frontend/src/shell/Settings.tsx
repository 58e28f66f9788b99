/** The settings column: what is shown, from the runs down to the heads. */

import type { JSX } from "preact";
import { capture } from "../state/data";
import { Afterwards } from "../ui/Afterwards";
import { HeadTiles } from "./HeadTiles";
import { LayerTiles } from "./LayerTiles";
import { ProbeList } from "./ProbeList";
import { RunList } from "./RunList";
import { ShowControls } from "./ShowControls";
import { StackSelect } from "./StackSelect";

export function Settings(): JSX.Element {
  return (
    <aside class="settings" aria-label="Settings">
      <Afterwards>{() => <Pieces />}</Afterwards>
    </aside>
  );
}

function Pieces(): JSX.Element {
  return (
    <>
      <RunList />
      <ProbeList />
      {capture.value && (
        <>
          <StackSelect />
          <LayerTiles />
          <HeadTiles />
          <ShowControls />
        </>
      )}
    </>
  );
}
