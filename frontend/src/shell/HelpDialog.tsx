/** The help dialog: keys, gestures, and how to read a weight. */

import type { JSX, TargetedMouseEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { GESTURES, helpOpen, KEYS } from "./help";

export function HelpDialog(): JSX.Element | null {
  return helpOpen.value ? <OpenDialog /> : null;
}

function OpenDialog(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const close = (): void => {
    helpOpen.value = false;
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes a dialog by itself
    <dialog
      ref={dialog}
      class="help"
      aria-label="Help"
      data-testid="help-dialog"
      onClose={close}
      onClick={(event) => closeOutside(event, close)}
    >
      <header>
        <h2>Keys and gestures</h2>
        <button type="button" class="button" onClick={close} data-testid="help-close">
          Close
        </button>
      </header>
      <div class="help-columns">
        <table class="help-keys">
          <tbody>
            {KEYS.map(([keys, what]) => (
              <tr key={what}>
                <th scope="row">
                  {keys.map((each) => (
                    <kbd key={each}>{each}</kbd>
                  ))}
                </th>
                <td>{what}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <table class="help-gestures">
          <tbody>
            {GESTURES.map(([gesture, what]) => (
              <tr key={gesture}>
                <th scope="row">{gesture}</th>
                <td>{what}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="note">
        The weight from query token i to key token j says how much of what i gathers in this head
        comes from j; the weights of a query sum to 1. It is not by itself an explanation of what
        the model does.
      </p>
    </dialog>
  );
}

/** A click on the backdrop arrives at the dialog itself. */
function closeOutside(event: TargetedMouseEvent<HTMLDialogElement>, close: () => void): void {
  if (event.target === event.currentTarget) close();
}
