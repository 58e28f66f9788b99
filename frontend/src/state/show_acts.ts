/** Which settings of SHOW act in what is on the screen: views say it, the settings column obeys. */

/** "first": what is left out, and which token that is. */
export type ShowSetting = "show" | "scale" | "smallest" | "mass" | "first" | "words" | "segments";

/** That a setting does nothing, or not everywhere, in a view. */
export interface Ignored {
  /** A sentence, for a tooltip. */
  readonly why: string;
  /** It acts nowhere in the view. */
  readonly off: boolean;
}

/** A setting that is left out acts in all of the view. */
export type IgnoredSettings = Readonly<Partial<Record<ShowSetting, Ignored>>>;

/** These settings act nowhere, for one reason. */
export function off(why: string, settings: readonly ShowSetting[]): IgnoredSettings {
  return Object.fromEntries(settings.map((each) => [each, { why, off: true }]));
}
