/** A choice among tokens, each with its place in the sequence. */

import type { JSX } from "preact";
import { displayToken } from "../state/tokens";

interface Props {
  readonly label: string;
  readonly value: number | null;
  readonly tokens: readonly string[];
  /** What stands for no token; without it there is always one. */
  readonly none?: string;
  readonly title?: string | undefined;
  readonly choose: (token: number | null) => void;
  readonly testId: string;
}

export function TokenSelect(props: Props): JSX.Element {
  const { label, value, tokens, none, title, choose, testId } = props;
  return (
    <label class="token-select">
      <span class="note">{label}</span>
      <select
        class="control"
        data-testid={testId}
        title={title}
        value={value ?? ""}
        onChange={({ currentTarget }) =>
          choose(currentTarget.value === "" ? null : Number(currentTarget.value))
        }
      >
        {none !== undefined && <option value="">{none}</option>}
        {tokens.map((token, index) => (
          <option key={index} value={index}>
            {index} {displayToken(token, 24).label}
          </option>
        ))}
      </select>
    </label>
  );
}
