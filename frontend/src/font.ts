/** One weight of the font of the page. */

export interface Font {
  readonly weight: number;
  /** It may still be on its way. */
  readonly face: FontFace;
  /** For files that must hold it. */
  readonly file: () => Promise<ArrayBuffer>;
}

/** `source`: the file, or url("...") with an absolute address. */
export function faceOf(weight: number, source: string | ArrayBuffer): FontFace {
  return new FontFace("Roboto", source, {
    weight: String(weight),
    style: "normal",
    display: "swap",
  });
}
