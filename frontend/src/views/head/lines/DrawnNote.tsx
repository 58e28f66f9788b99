/** Says how much of the picture is drawn, and which links step back; shows them in full. */

import type { JSX } from "preact";
import type { Edges } from "../../../draw/edges";
import { wholeName } from "../../../state/arriving";
import { fadedText, sinks } from "../faded";
import { CHANGE, capital, drawnText, REST } from "../notes";
import { differs, plan } from "../state";
import { edgesAtRest, listedRows } from "./state";

export function DrawnNote(): JSX.Element {
  const edges = edgesAtRest.value;
  // Nothing is known before the page is laid out; the line keeps its room.
  return (
    <p class="note head-drawn" data-testid="head-drawn">
      {edges === null ? "\u00a0" : <Drawn edges={edges} />}
    </p>
  );
}

function Drawn({ edges }: { readonly edges: Edges }): JSX.Element {
  const whole = plan.value?.hidden ? REST : wholeName.value;
  const what = differs.value ? CHANGE : whole;
  const [full, drawn] = [sinks.value === "full", drawnText(edges, what)];
  const faded = full ? "Sink and self in full" : fadedText(...listedRows(), edges.massOfAll, what);
  return (
    <>
      {faded === "" ? capital(drawn) : `${faded}; ${drawn}`}.{" "}
      {faded !== "" && (
        <button
          type="button"
          class="link"
          data-testid="head-sinks"
          data-export="off"
          title="Sink: the token where heads leave the weight that they do not need. Self: a token's link to itself."
          onClick={() => {
            sinks.value = full ? "faded" : "full";
          }}
        >
          {full ? "fade them" : "show in full"}
        </button>
      )}
    </>
  );
}
