/** Addresses of docs/http.md: the route, what is asked of it, and the version of the capture. */

import type { LeftOut } from "../types";

/** All steps of one probe. */
export interface Probe {
  readonly run: string;
  readonly tag: string;
}

/** One capture; `version` is that of `runs`, empty where it is unknown. */
export interface Place extends Probe {
  readonly step: number;
  readonly version: string;
}

export type Query = Readonly<Record<string, string | number>>;

export function placeAddress(route: string, place: Place, query: Query): string {
  const { step, version } = place;
  return address(route, place, { step, ...query, ...(version === "" ? {} : { v: version }) });
}

export function address(route: string, { run, tag }: Probe, query: Query): string {
  const parameters = new URLSearchParams({ run, tag });
  for (const [name, value] of Object.entries(query)) parameters.set(name, String(value));
  return `${route}?${parameters}`;
}

/** What is left out as parameters, without those that are as they are by default. */
export function leftOutQuery({ first, special, segments, segmentShare }: LeftOut): Query {
  return {
    ...(first === "show" ? {} : { first, ...(special ? { special: 1 } : {}) }),
    ...(segments === "all" ? {} : { segments, ...(segmentShare ? { segment_share: 1 } : {}) }),
  };
}
