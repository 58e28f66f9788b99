import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PluginApi } from "../api/plugin";
import { TestServer } from "../testing";
import { beginAnew } from "../testing_tab";
import { head, view, wantedStep } from "./chosen";
import { compareMode } from "./compare";
import { busy, shown, thumbnails } from "./data";
import { Loader } from "./load";
import { followHidden } from "./load_hidden";
import { playing } from "./play";
import { knownRuns } from "./scope";
import { first, token } from "./show";
import { applyHash } from "./url";

/** 2^25 weights: the fewest of which thumbnails are asked for ahead. */
const enough = { steps: [0, 1], tokens: 1024, layers: 8, heads: 4 };
const looks = signal(false);
let server: TestServer;
let stops: readonly (() => void)[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  beginAnew();
  applyHash("#attention&p.attention.view=model&p.attention.step=1");
  looks.value = true;
  server = new TestServer();
});

afterEach(() => {
  for (const stop of stops) stop();
  playing.value = false;
  compareMode.value = "off";
  vi.useRealTimers();
});

async function started(logged: typeof enough = enough): Promise<void> {
  server.runs = { a: { x: logged } };
  const api = new PluginApi(server);
  stops = [new Loader(api).start(), followHidden(api, () => looks.value)];
  await passed(1000);
  expect([knownRuns.value, busy.value]).toEqual([expect.anything(), false]);
}

async function passed(milliseconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds);
}

/** Steps of the thumbnails without a token that were asked for, and which token that is. */
const asked = (): readonly string[] =>
  server.asked
    .filter((each) => each.startsWith("thumbnails") && each.includes("first="))
    .map((each) => {
      const query = new URLSearchParams(each.split("?")[1]);
      return [query.get("step"), query.get("first"), query.get("token") ?? ""].join(" ").trim();
    });

describe("followHidden", () => {
  it("asks for what hiding shows, so that it needs no request", async () => {
    await started();
    expect(asked()).toEqual(["1 hide"]);
    expect(thumbnails.value?.data[0]).toBe(1);
    const before = shown.value;
    first.value = "hide";
    await passed(0);
    expect(shown.value).not.toBe(before);
    // That of the neighbouring step, as always.
    expect(asked()).toEqual(["1 hide", "0 hide"]);
  });

  it("waits until somebody looks, and until the view has rested", async () => {
    looks.value = false;
    await started();
    expect(asked()).toEqual([]);
    looks.value = true;
    await passed(299);
    expect(asked()).toEqual([]);
    wantedStep.value = 0;
    await passed(299);
    expect(asked()).toEqual([]);
    await passed(1);
    expect(asked()).toEqual(["0 hide"]);
  });

  it("asks for the token that is meant", async () => {
    token.value = 3;
    await started();
    expect(asked()).toEqual(["1 hide 3"]);
    token.value = "resting";
    await passed(300);
    expect(asked()).toEqual(["1 hide 3", "1 hide resting"]);
  });

  it("asks for both that are compared", async () => {
    compareMode.value = "difference";
    await started();
    expect(asked()).toEqual(["1 hide", "0 hide"]);
  });

  it("does not ask again where another head is chosen", async () => {
    await started();
    head.value = 2;
    await passed(1000);
    expect(asked()).toEqual(["1 hide"]);
  });

  it("gives up what is not made yet where another view is chosen", async () => {
    server.makes = 100;
    await started();
    expect(asked().length).toBeGreaterThan(1);
    view.value = "overview";
    await passed(0);
    const before = asked().length;
    await passed(1000);
    expect(asked().length).toBe(before);
  });

  it("leaves it to who hides the token to be told what is wrong", async () => {
    server.refuse = "first=hide";
    await started();
    expect(asked()).toEqual(["1 hide"]);
    expect(thumbnails.value?.data[0]).toBe(1);
  });

  it.each([
    ["few weights", "", { ...enough, layers: 7 }],
    ["very many weights", "", { ...enough, layers: 129 }],
    ["rollouts", "&p.attention.cells=rollout", enough],
    ["another view", "&p.attention.view=head", enough],
  ])("does not ask ahead of %s", async (_, link, logged) => {
    applyHash(`#attention&p.attention.view=model${link}`);
    await started(logged);
    expect(asked()).toEqual([]);
  });

  it("does not ask ahead of steps that play", async () => {
    playing.value = true;
    await started();
    expect(asked()).toEqual([]);
  });
});
