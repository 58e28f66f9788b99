import { beforeEach, expect, it } from "vitest";
import type { Host } from "../host/host";
import { host } from "../state/host";
import { head, layer } from "../state/selection";
import { beginAnew } from "../testing_tab";
import type { View } from "../views/view";
import { aboutView } from "./about_view";

const story = { name: "story", label: "Story", shows: "head" } as unknown as View;

beforeEach(() => {
  beginAnew();
  host.value = { address: () => "http://here/#attention" } as unknown as Host;
  [layer.value, head.value] = [4, 2];
});

it.each([
  ["Layer 4 head 2 rests on the first token.", "Layer 4 head 2 rests on the first token"],
  ["Without layer 4 head 2 the loss rises.", "Without layer 4 head 2 the loss rises"],
  [
    "Layer 4 head 21 and others are alike.",
    "Layer 4 head 21 and others are alike: layer 4, head 2",
  ],
  ["Three heads are alike.", "Three heads are alike: layer 4, head 2"],
])("a caption names the head of %j once", (headline, title) => {
  const about = aboutView({ ...story, title: () => headline }, "", true);
  expect(about.title).toBe(title);
  expect(about.facts).toMatchObject({ Layer: "4", Head: "2" });
});

it("nor does a card that names it say so again", () => {
  expect(aboutView(story, "step 30 · layer 4 head 2", true).title).toBe("Step 30 · layer 4 head 2");
});
