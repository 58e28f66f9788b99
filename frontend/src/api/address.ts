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
export function leftOutQuery(leftOut: LeftOut): Query {
  const { segments, segmentShare } = leftOut;
  return {
    ...hiddenQuery(leftOut),
    ...(segments === "all" ? {} : { segments, ...(segmentShare ? { segment_share: 1 } : {}) }),
    ...showQuery(leftOut),
  };
}

/** The same of tokens alone, without segments. */
export function tokensQuery(leftOut: LeftOut): Query {
  return { ...hiddenQuery(leftOut), ...showQuery(leftOut) };
}

function hiddenQuery({ first, token, special }: LeftOut): Query {
  if (first === "show") return {};
  return { first, ...(token === "first" ? {} : { token }), ...(special ? { special: 1 } : {}) };
}

function showQuery({ show }: LeftOut): Query {
  return show === "weight" ? {} : { show };
}
