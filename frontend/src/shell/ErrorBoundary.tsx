/**
 * Catches what a component throws: the rest of the page stays, and the sentence stands where the
 * component was.
 */

import { Component, type ComponentChildren } from "preact";
import { ErrorPanel } from "./ErrorPanel";

interface BoundaryProps {
  readonly children: ComponentChildren;
}

interface BoundaryState {
  readonly error: Error | null;
}

export class ErrorBoundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { error: null };

  static override getDerivedStateFromError(error: unknown): BoundaryState {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ComponentChildren {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <ErrorPanel
        problem={`Something went wrong in the tab: ${error.message}. The other views and steps may still work.`}
        retry={() => this.setState({ error: null })}
      />
    );
  }
}
