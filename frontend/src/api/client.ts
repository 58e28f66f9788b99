/** Requests: the same address is fetched once at a time, and given up when nobody waits for it any more. */

import { ApiError, isAbort, NO_ANSWER } from "./error";

interface Flight {
  readonly answer: Promise<ArrayBuffer>;
  readonly controller: AbortController;
  waiting: number;
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export class Client {
  private readonly fetch: Fetch;
  private readonly flights = new Map<string, Flight>();

  /** `url`s are relative to the page's base, so that a path prefix of TensorBoard does not matter. */
  constructor(fetch: Fetch = (url, init) => window.fetch(url, init)) {
    this.fetch = fetch;
  }

  /** The body at `url`. Rejects with the reason of `signal`, or with an ApiError. */
  async get(url: string, signal: AbortSignal): Promise<ArrayBuffer> {
    signal.throwIfAborted();
    const flight = this.flights.get(url) ?? this.start(url);
    flight.waiting += 1;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        flight.waiting -= 1;
        if (flight.waiting === 0) this.giveUp(url, flight);
        reject(signal.reason);
      };
      signal.addEventListener("abort", leave, { once: true });
      flight.answer.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
    });
  }

  private start(url: string): Flight {
    const controller = new AbortController();
    const flight: Flight = { answer: this.request(url, controller.signal), controller, waiting: 0 };
    this.flights.set(url, flight);
    const land = (): void => this.forget(url, flight);
    flight.answer.then(land, land);
    return flight;
  }

  private giveUp(url: string, flight: Flight): void {
    this.forget(url, flight);
    flight.controller.abort();
  }

  private forget(url: string, flight: Flight): void {
    if (this.flights.get(url) === flight) this.flights.delete(url);
  }

  private async request(url: string, signal: AbortSignal): Promise<ArrayBuffer> {
    let response: Response;
    try {
      response = await this.fetch(url, { signal });
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
  }
}

/** The sentence of an answer that is not a success. */
async function refusal(response: Response): Promise<string> {
  const plain = response.headers.get("content-type")?.startsWith("text/plain") ?? false;
  const body = plain ? (await response.text()).trim() : "";
  return body !== "" && body.length <= 500
    ? body
    : `TensorBoard answered with status ${response.status}. Its log says why.`;
}
