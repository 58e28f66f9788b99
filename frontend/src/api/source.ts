/** Where answers come from: a server (host/server.ts), or whatever else has the bytes. */

export interface Source {
  /**
   * The bytes at `address`, one of docs/http.md such as "capture?run=a&tag=b&step=0". Rejects with
   * the reason of `signal`, or with an ApiError that says what went wrong.
   */
  get(address: string, signal: AbortSignal): Promise<ArrayBuffer>;
}
