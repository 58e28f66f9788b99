/**
 * The source that is TensorBoard's server: addresses are relative to the page's base, so that a
 * path prefix does not matter.
 */

import { ApiError, isAbort, NO_ANSWER } from "../api/error";
import type { Source } from "../api/source";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export function serverSource(fetch: Fetch = (url, init) => window.fetch(url, init)): Source {
  return {
    async get(address, signal) {
      let response: Response;
      try {
        response = await fetch(address, { signal });
      } catch (error) {
        throw isAbort(error) ? error : new ApiError(NO_ANSWER, 0);
      }
      if (!response.ok) throw new ApiError(await refusal(response), response.status);
      try {
        return await response.arrayBuffer();
      } catch (error) {
        throw isAbort(error)
          ? error
          : new ApiError("TensorBoard broke off its answer. Try again.", 0);
      }
    },
  };
}

/** The sentence of an answer that is not a success. */
async function refusal(response: Response): Promise<string> {
  const plain = response.headers.get("content-type")?.startsWith("text/plain") ?? false;
  const body = plain ? (await response.text()).trim() : "";
  return body !== "" && body.length <= 500
    ? body
    : `TensorBoard answered with status ${response.status}. Its log says why.`;
}
