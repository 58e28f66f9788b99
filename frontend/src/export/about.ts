/** What a picture is of, for its caption and for the metadata of its file. */

export interface About {
  /** A few words: "Head view: layer 5 head 1". */
  readonly title: string;
  /** A sentence or two that name run, probe, step, layer, heads and text. */
  readonly caption: string;
  /** The same one by one: Run, Probe, Step, Layer, Heads, Text. */
  readonly facts: Readonly<Record<string, string>>;
  /** Address that opens what it shows. */
  readonly source: string;
}

export const SOFTWARE = "tb-attention";

/** Names and values as a file holds them. */
export function entriesOf(about: About): readonly (readonly [name: string, value: string])[] {
  return [
    ["Title", about.title],
    ["Description", about.caption],
    ...Object.entries(about.facts),
    ["Source", about.source],
    ["Software", SOFTWARE],
  ];
}
