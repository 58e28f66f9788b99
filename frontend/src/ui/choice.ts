/**
 * What a control reads and writes: a signal, or anything else with a value, such as one that keeps
 * another choice valid.
 */

export interface Choice<T> {
  value: T;
}

/** One of the values among which a control chooses. */
export interface Option<T> {
  readonly value: T;
  readonly label: string;
  /** What it does, in a tooltip. */
  readonly hint: string;
  /** It cannot be chosen; `hint` says why. */
  readonly off?: boolean;
}
