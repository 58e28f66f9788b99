import { expect, it, vi } from "vitest";
import { NO_ANSWER } from "../api/error";
import { serverSource } from "./server";

const never = new AbortController().signal;

it.each([
  [
    "the server's sentence",
    new Response("There is no run x.", {
      status: 404,
      headers: { "content-type": "text/plain; charset=utf-8" },
    }),
    "There is no run x.",
  ],
  [
    "no page of HTML",
    new Response("<h1>Oops</h1>", { status: 500, headers: { "content-type": "text/html" } }),
    "status 500",
  ],
  [
    "no endless text",
    new Response("x".repeat(501), { status: 500, headers: { "content-type": "text/plain" } }),
    "status 500",
  ],
])("tells %s", async (_, response, sentence) => {
  const source = serverSource(async () => response);
  await expect(source.get("runs", never)).rejects.toThrow(sentence);
});

it("says that TensorBoard does not answer", async () => {
  const source = serverSource(vi.fn().mockRejectedValue(new TypeError("Failed to fetch")));
  await expect(source.get("runs", never)).rejects.toThrow(NO_ANSWER);
});

it("hands the signal on, and its reason back", async () => {
  const controller = new AbortController();
  const source = serverSource(
    (_, { signal }) =>
      new Promise((_resolve, reject) =>
        signal?.addEventListener("abort", () => reject(signal.reason)),
      ),
  );
  const asked = source.get("runs", controller.signal);
  controller.abort();
  await expect(asked).rejects.toHaveProperty("name", "AbortError");
});
