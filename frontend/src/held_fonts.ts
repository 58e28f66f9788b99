/** The font of a page that holds its own data: parts of the page. */

import { adoptFont } from "./draw/style";
import { faceOf } from "./font";
import type { Held } from "./page/held";

export async function adoptHeldFonts(held: Held): Promise<void> {
  for (const { weight, part } of (await held.index()).fonts) {
    const file = (): Promise<ArrayBuffer> => held.part(part);
    void file().then((bytes) => adoptFont({ weight, face: faceOf(weight, bytes), file }));
  }
}
