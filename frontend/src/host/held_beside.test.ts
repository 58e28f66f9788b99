import { expect, it, vi } from "vitest";
import { partsBeside } from "./held_beside";

/** A frame among others: what they were sent, and how something is sent to it. */
function frames() {
  const asked: unknown[] = [];
  const listeners: ((event: { readonly data: unknown }) => void)[] = [];
  const other = { postMessage: (data: unknown) => asked.push(data) };
  const page = [other];
  const own = {
    parent: Object.assign(page, { parent: page }),
    addEventListener: (_: string, listener: (event: { readonly data: unknown }) => void) =>
      listeners.push(listener),
    setTimeout: (act: () => void, after: number) => setTimeout(act, after),
    clearTimeout: (timer: ReturnType<typeof setTimeout>) => clearTimeout(timer),
  } as unknown as Window;
  const send = (data: unknown): void => {
    for (const listener of listeners) listener({ data });
  };
  return { own, asked, send };
}

it("asks the frames beside, and takes the answer of the one with its name", async () => {
  const { own, asked, send } = frames();
  const part = partsBeside(own, "abc");
  const [first, again] = [part("7"), part("7")];
  expect(asked).toEqual([{ tbAttention: "abc", ask: "7" }]);
  send("of somebody else");
  send({ tbAttention: "other", part: "7", text: "wrong" });
  send({ tbAttention: "abc", part: "8", text: "not asked for" });
  send({ tbAttention: "abc", part: "7", text: "seven" });
  expect(await Promise.all([first, again])).toEqual(["seven", "seven"]);
});

it("asks again once the other frame is there", async () => {
  const { own, asked, send } = frames();
  const found = partsBeside(own, "abc")("7");
  send({ tbAttention: "abc", here: true });
  expect(asked).toHaveLength(2);
  send({ tbAttention: "abc", part: "7", text: "seven" });
  send({ tbAttention: "abc", here: true });
  expect(asked).toHaveLength(2);
  expect(await found).toBe("seven");
});

it("says that the part is not there, or that nobody answers, and asks anew then", async () => {
  vi.useFakeTimers();
  const { own, asked, send } = frames();
  const part = partsBeside(own, "abc");
  const found = part("7");
  send({ tbAttention: "abc", part: "7" });
  await expect(found).rejects.toThrow("run the cell anew");
  const late = expect(part("7")).rejects.toThrow("does not answer");
  await vi.runAllTimersAsync();
  await late;
  void part("7");
  expect(asked).toHaveLength(3);
  vi.useRealTimers();
});

it("asks also where each output has a frame of its own", () => {
  const asked: string[] = [];
  const frame = (name: string) => ({ postMessage: () => asked.push(name) });
  const notebook: unknown[] = [];
  const outputs = [[frame("own")], [frame("other")]].map((each) =>
    Object.assign(each, { parent: Object.assign(notebook, { parent: notebook }) }),
  );
  notebook.push(...outputs);
  const own = { ...frames().own, parent: outputs[0] } as unknown as Window;
  void partsBeside(own, "abc")("7").catch(() => {});
  expect(asked).toEqual(["own", "other"]);
});
