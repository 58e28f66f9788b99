/** What went wrong with a request, as a sentence for the page. */

export class ApiError extends Error {
  /** HTTP status; 0 where there was no answer, or one that could not be read. */
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}

export const NO_ANSWER = "TensorBoard does not answer. Is it still running?";

/**
 * An answer that is not what docs/http.md says: most likely the bundle and the server are of
 * different versions.
 */
export function unreadable(what: string): ApiError {
  return new ApiError(
    `An answer could not be read: ${what}. Reload the page; if it stays, reinstall tb_attention.`,
    0,
  );
}

/** True for a request that was given up because something newer was wanted. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** A sentence for any error. */
export function sentence(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  const what = error instanceof Error ? error.message : String(error);
  return `Something went wrong in the tab: ${what.replace(/\.+$/, "")}.`;
}
