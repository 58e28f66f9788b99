/** What an address asks for: the parameters of docs/http.md. */

import type { Probe } from "../api/address";
import { ApiError } from "../api/error";
import { asStack, type Stack } from "../stacks";
import type { LeftOut } from "../types";

export class Asked {
  readonly route: string;
  readonly parameters: URLSearchParams;

  constructor(address: string) {
    const [route = "", query = ""] = address.split("?");
    this.route = route;
    this.parameters = new URLSearchParams(query);
  }

  text(name: string): string {
    const value = this.parameters.get(name);
    if (value === null) throw new ApiError(`The parameter ${name} is missing.`, 400);
    return value;
  }

  integer(name: string): number {
    const value = Number(this.text(name));
    if (!Number.isInteger(value))
      throw new ApiError(`The parameter ${name} must be a whole number.`, 400);
    return value;
  }

  optional(name: string): number | null {
    return this.parameters.has(name) ? this.integer(name) : null;
  }

  probe(): Probe {
    return { run: this.text("run"), tag: this.text("tag") };
  }

  /** The stack that is named; null: the first one. */
  stack(): Stack | null {
    return this.parameters.has("stack") ? asStack(this.text("stack")) : null;
  }

  leftOut(): LeftOut {
    const { parameters } = this;
    const token = parameters.get("token") ?? "first";
    return {
      show: parameters.get("show") === "arriving" ? "arriving" : "weight",
      first: oneOf(["show", "hide", "renormalise"], parameters.get("first")),
      token: token === "first" || token === "resting" ? token : this.integer("token"),
      special: parameters.get("special") === "1",
      segments: oneOf(["all", "AA", "AB", "BA", "BB"], parameters.get("segments")),
      segmentShare: parameters.get("segment_share") === "1",
    };
  }
}

/** The first one where nothing else is said. */
function oneOf<T extends string>(choices: readonly [T, ...T[]], value: string | null): T {
  return choices.find((each) => each === value) ?? choices[0];
}
