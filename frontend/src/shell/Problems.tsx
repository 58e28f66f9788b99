/** Files that could not be read in full: a quiet line in the status bar that opens to a list. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { plural } from "../format";
import { runs } from "../state/data";
import { Icon } from "../ui/Icon";

/** `shown`: the list is open from the start, where there is nothing else to see. */
export function Problems({ shown = false }: { readonly shown?: boolean }): JSX.Element | null {
  const open = useSignal(shown);
  const all = runs.value?.problems ?? [];
  if (all.length === 0) return null;
  return (
    <div class="problems">
      <button
        type="button"
        class="quiet"
        aria-expanded={open.value}
        data-testid="problems"
        onClick={() => {
          open.value = !open.value;
        }}
      >
        <Icon name="warning" /> {plural(all.length, "file")} read in part
      </button>
      {open.value && (
        <div class="problems-list card" role="status">
          <p class="note">
            The rest of these files is shown. A record is damaged when a disk was full or a copy
            broke off.
          </p>
          <ul>
            {all.map((each) => (
              <li key={`${each.run}/${each.file}`}>
                <b>{each.problem}</b>
                <span class="note">
                  {each.run}/{each.file}
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
