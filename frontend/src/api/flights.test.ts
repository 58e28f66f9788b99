import { expect, it } from "vitest";
import { Flights } from "./flights";

/** A source that answers when it is told to. */
function deferred() {
  const calls: { signal: AbortSignal; answer: (text: string) => void }[] = [];
  const get = (_: string, signal: AbortSignal): Promise<ArrayBuffer> =>
    new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
      calls.push({ signal, answer: (each) => resolve(new TextEncoder().encode(each).buffer) });
    });
  return { calls, flights: new Flights({ get }) };
}

const text = (body: ArrayBuffer): string => new TextDecoder().decode(body);

it("asks once for what two want at the same time", async () => {
  const { calls, flights } = deferred();
  const both = [
    flights.get("runs", new AbortController().signal),
    flights.get("runs", new AbortController().signal),
  ];
  calls[0]?.answer("yes");
  expect((await Promise.all(both)).map(text)).toEqual(["yes", "yes"]);
  expect(calls).toHaveLength(1);
});

it("goes on while one of two still waits", async () => {
  const { calls, flights } = deferred();
  const [first, second] = [new AbortController(), new AbortController()];
  const given = flights.get("runs", first.signal);
  const kept = flights.get("runs", second.signal);
  first.abort();
  await expect(given).rejects.toHaveProperty("name", "AbortError");
  expect(calls[0]?.signal.aborted).toBe(false);
  calls[0]?.answer("yes");
  expect(text(await kept)).toBe("yes");
});

it("gives the request up when nobody waits, and asks anew afterwards", async () => {
  const { calls, flights } = deferred();
  const controller = new AbortController();
  const given = flights.get("runs", controller.signal);
  controller.abort();
  await expect(given).rejects.toHaveProperty("name", "AbortError");
  expect(calls[0]?.signal.aborted).toBe(true);
  const again = flights.get("runs", new AbortController().signal);
  calls[1]?.answer("yes");
  expect(text(await again)).toBe("yes");
});

it("does not ask for what is not wanted any more", async () => {
  const { calls, flights } = deferred();
  await expect(flights.get("runs", AbortSignal.abort())).rejects.toHaveProperty(
    "name",
    "AbortError",
  );
  expect(calls).toHaveLength(0);
});
