/** STACK: decoder, encoder or cross attention, where a model has several. */

import type { JSX } from "preact";
import { stackKind } from "../stacks";
import { shownCapture } from "../state/scope";
import { stack, stackNow } from "../state/selection";
import type { StackKind } from "../types";
import { Section } from "../ui/Section";

const NAMES: Record<StackKind, string> = { decoder: "Decoder", encoder: "Encoder", cross: "Cross" };
const HINTS: Record<StackKind, string> = {
  decoder: "decoder tokens attend to decoder tokens",
  encoder: "encoder tokens attend to encoder tokens",
  cross: "decoder tokens attend to encoder tokens",
};

export function StackSelect(): JSX.Element | null {
  const stacks = shownCapture.value?.stacks ?? [];
  if (stacks.length < 2) return null;
  return (
    <Section title="Stack">
      <div class="segments">
        {stacks.map((each) => (
          <button
            key={each.name}
            type="button"
            class="segment"
            aria-pressed={each.name === stackNow.value?.name}
            title={HINTS[stackKind(each.name)]}
            data-testid={`stack-${each.name}`}
            onClick={() => {
              stack.value = each.name;
            }}
          >
            {each.name.replace(stackKind(each.name), NAMES[stackKind(each.name)])}
          </button>
        ))}
      </div>
    </Section>
  );
}
