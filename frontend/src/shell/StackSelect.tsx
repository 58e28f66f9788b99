/** STACK: decoder, encoder or cross attention, where a model has several. */

import type { JSX } from "preact";
import { stackKind } from "../stacks";
import { shownCapture } from "../state/scope";
import { stack, stackNow } from "../state/selection";
import type { CaptureStack, Stack, StackKind } from "../types";
import type { Choice, Option } from "../ui/choice";
import { Section } from "../ui/Section";
import { Segments } from "../ui/Segments";

const NAMES: Record<StackKind, string> = { decoder: "Decoder", encoder: "Encoder", cross: "Cross" };
const HINTS: Record<StackKind, string> = {
  decoder: "decoder tokens attend to decoder tokens",
  encoder: "encoder tokens attend to encoder tokens",
  cross: "decoder tokens attend to encoder tokens",
};

/** Where none was chosen it is the first one. */
const chosen: Choice<Stack> = {
  get value() {
    return stackNow.value?.name ?? "decoder";
  },
  set value(name) {
    stack.value = name;
  },
};

function optionOf({ name }: CaptureStack): Option<Stack> {
  const kind = stackKind(name);
  return { value: name, label: name.replace(kind, NAMES[kind]), hint: HINTS[kind] };
}

export function StackSelect(): JSX.Element | null {
  const stacks = shownCapture.value?.stacks ?? [];
  if (stacks.length < 2) return null;
  return (
    <Section title="Stack">
      <Segments label="Stack" id="stack" options={stacks.map(optionOf)} of={chosen} />
    </Section>
  );
}
