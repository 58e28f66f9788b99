import { expect, it, vi } from "vitest";
import { Client } from "./client";
import { NO_ANSWER } from "./error";

/** A fetch that answers when it is told to. */
function deferred() {
  const calls: { url: string; signal: AbortSignal | null; answer: (response: Response) => void }[] =
    [];
  const fetch = (url: string, init: RequestInit): Promise<Response> =>
    new Promise((resolve, reject) => {
      const signal = init.signal ?? null;
      signal?.addEventListener("abort", () => reject(signal.reason));
      calls.push({ url, signal, answer: resolve });
    });
  return { calls, client: new Client(fetch) };
}

const text = (body: ArrayBuffer): string => new TextDecoder().decode(body);

it("asks once for what two want at the same time", async () => {
  const { calls, client } = deferred();
  const both = [
    client.get("runs", new AbortController().signal),
    client.get("runs", new AbortController().signal),
  ];
  calls[0]?.answer(new Response("yes"));
  expect((await Promise.all(both)).map(text)).toEqual(["yes", "yes"]);
  expect(calls).toHaveLength(1);
});

it("goes on while one of two still waits", async () => {
  const { calls, client } = deferred();
  const [first, second] = [new AbortController(), new AbortController()];
  const given = client.get("runs", first.signal);
  const kept = client.get("runs", second.signal);
  first.abort();
  await expect(given).rejects.toHaveProperty("name", "AbortError");
  expect(calls[0]?.signal?.aborted).toBe(false);
  calls[0]?.answer(new Response("yes"));
  expect(text(await kept)).toBe("yes");
});

it("gives the request up when nobody waits, and asks anew afterwards", async () => {
  const { calls, client } = deferred();
  const controller = new AbortController();
  const given = client.get("runs", controller.signal);
  controller.abort();
  await expect(given).rejects.toHaveProperty("name", "AbortError");
  expect(calls[0]?.signal?.aborted).toBe(true);
  const again = client.get("runs", new AbortController().signal);
  calls[1]?.answer(new Response("yes"));
  expect(text(await again)).toBe("yes");
});

it("does not ask for what is not wanted any more", async () => {
  const { calls, client } = deferred();
  await expect(client.get("runs", AbortSignal.abort())).rejects.toHaveProperty(
    "name",
    "AbortError",
  );
  expect(calls).toHaveLength(0);
});

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
  const client = new Client(async () => response);
  await expect(client.get("runs", new AbortController().signal)).rejects.toThrow(sentence);
});

it("says that TensorBoard does not answer", async () => {
  const client = new Client(vi.fn().mockRejectedValue(new TypeError("Failed to fetch")));
  await expect(client.get("runs", new AbortController().signal)).rejects.toThrow(NO_ANSWER);
});
