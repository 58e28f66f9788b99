/** Nothing has been logged yet: how to log, ready to be copied. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Icon } from "../ui/Icon";
import { copyText } from "./copy";
import { Problems } from "./Problems";
import { SNIPPETS, type Snippet } from "./snippets";

export function EmptyState({ refresh }: { readonly refresh: () => void }): JSX.Element {
  return (
    <main class="empty" data-testid="empty">
      <Problems shown />
      <h1>No attention has been logged here yet</h1>
      <p>
        This tab shows what the attention heads of a model do, and how that changes while it trains.
        Log one or more fixed texts; the model keeps its fast attention, and this page shows them
        after the next reload.
      </p>
      {SNIPPETS.map((each) => (
        <SnippetCard key={each.name} snippet={each} />
      ))}
      <p class="empty-actions">
        <button type="button" class="button primary" onClick={refresh} data-testid="look-again">
          Look again
        </button>
        <span class="note">
          Attention lies in <code>plugins/attention</code> of the run directory; TensorBoard must be
          started on a directory above it.
        </span>
      </p>
    </main>
  );
}

function SnippetCard({ snippet }: { readonly snippet: Snippet }): JSX.Element {
  const said = useSignal("");
  const copy = async (): Promise<void> => {
    said.value = (await copyText(snippet.code)) ? "Copied" : "Select and copy by hand";
    setTimeout(() => {
      said.value = "";
    }, 2000);
  };
  return (
    <section class="card snippet">
      <header>
        <h2>{snippet.title}</h2>
        <span role="status" class="note">
          {said}
        </span>
        <button
          type="button"
          class="button"
          onClick={() => void copy()}
          data-testid={`copy-${snippet.name}`}
        >
          <Icon name="copy" /> Copy
        </button>
      </header>
      <pre>
        <code>{snippet.code}</code>
      </pre>
    </section>
  );
}
