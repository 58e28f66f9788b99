/** Which capture is on the screen, for tables, titles and names of files. */

import { capture } from "../state/data";
import { stackNow } from "../state/selection";
import type { Cell } from "./table";

export const PLACE_COLUMNS = ["run", "tag", "step", "stack"] as const;

/** The first cells of every row. */
export function placeCells(): readonly Cell[] {
  const now = capture.value;
  return [now?.run ?? "", now?.tag ?? "", now?.step ?? null, stackNow.value?.name ?? ""];
}
