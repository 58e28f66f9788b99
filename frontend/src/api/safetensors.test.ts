import { afterEach, describe, expect, it, vi } from "vitest";
import { encode } from "../testing";
import { decodeSafetensors, floats, octets } from "./safetensors";

// Written by the Python library safetensors: weights F32 [2, 3], steps I32 [3], half F16 [8],
// thumbnails U8 [1, 3], metadata.
const GOLDEN =
  "MAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJuYW1lcyI6IltcImVudHJvcHlcIl0iLCJzY2FsZSI6IjAuMTI1In0sIndlaWdodHMiOnsiZHR5cGUiOiJGMzIiLCJzaGFw" +
  "ZSI6WzIsM10sImRhdGFfb2Zmc2V0cyI6WzAsMjRdfSwic3RlcHMiOnsiZHR5cGUiOiJJMzIiLCJzaGFwZSI6WzNdLCJkYXRhX29mZnNldHMiOlsyNCwzNl19LCJoYWxm" +
  "Ijp7ImR0eXBlIjoiRjE2Iiwic2hhcGUiOls4XSwiZGF0YV9vZmZzZXRzIjpbMzYsNTJdfSwidGh1bWJuYWlscyI6eyJkdHlwZSI6IlU4Iiwic2hhcGUiOlsxLDNdLCJk" +
  "YXRhX29mZnNldHMiOls1Miw1NV19fSAgAAAAPwAAoL/msWF/AAAAAAEAAAAAAACAAAAAAPn///////9/Zi4AwP97AHwA/AB+AQAAgAB//w==";

const golden = (): ArrayBuffer =>
  Uint8Array.from(atob(GOLDEN), (each) => each.charCodeAt(0)).buffer;

afterEach(() => vi.unstubAllGlobals());

describe("decodeSafetensors", () => {
  it("reads what the Python library wrote", () => {
    const bundle = decodeSafetensors(golden());
    expect([...bundle.metadata]).toEqual([
      ["names", '["entropy"]'],
      ["scale", "0.125"],
    ]);
    const weights = floats(bundle, "weights", 2);
    expect(weights.shape).toEqual([2, 3]);
    expect([...weights.data]).toEqual([0.5, -1.25, Math.fround(3e38), 0, Math.fround(1e-45), -0]);
    expect([...(bundle.tensors.get("steps")?.data ?? [])]).toEqual([0, -7, 2 ** 31 - 1]);
    expect([...octets(bundle, "thumbnails", 2).data]).toEqual([0, 127, 255]);
  });

  it.each(["as the browser does", "by a table"])("widens every kind of float16 %s", (how) => {
    if (how === "by a table") vi.stubGlobal("Float16Array", undefined);
    const { data } = floats(decodeSafetensors(golden()), "half", 1);
    const [tenth, two, largest, plus, minus, nan, tiny, zero] = data;
    expect(tenth).toBe(0.0999755859375);
    expect([two, largest, plus, minus]).toEqual([
      -2,
      65504,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ]);
    expect(nan).toBeNaN();
    expect(tiny).toBe(2 ** -24);
    expect(zero).toBe(-0);
  });

  it("copies where an array would begin between two of its elements", () => {
    const aligned = new Uint8Array(
      encode({
        first: { shape: [1], data: Uint8Array.of(9) },
        second: { shape: [1], data: Float32Array.of(2.5) },
      }),
    );
    const bundle = decodeSafetensors(aligned.buffer);
    expect([...floats(bundle, "second", 1).data]).toEqual([2.5]);
  });

  it("does not copy an aligned array", () => {
    const buffer = encode({ weights: { shape: [2], data: Float32Array.of(1, 2) } });
    expect(floats(decodeSafetensors(buffer), "weights", 1).data.buffer).toBe(buffer);
  });

  it.each([
    ["nothing", new ArrayBuffer(0), "it ends inside its header"],
    ["a header longer than the answer", golden().slice(0, 100), "it ends inside its header"],
    ["an answer that broke off", golden().slice(0, -1), "does not fit its shape"],
    ["a header that is not JSON", Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 65).buffer, "not JSON"],
  ])("says what is wrong with %s", (_, buffer, sentence) => {
    expect(() => decodeSafetensors(buffer)).toThrow(sentence);
  });

  it("says that a tensor is missing, or of another shape or type", () => {
    const bundle = decodeSafetensors(golden());
    expect(() => floats(bundle, "scores", 2)).toThrow("there is no tensor scores");
    expect(() => floats(bundle, "weights", 3)).toThrow("has 2 dimensions, not 3");
    expect(() => floats(bundle, "thumbnails", 2)).toThrow("not a tensor of floats");
    expect(() => octets(bundle, "weights", 2)).toThrow("not a tensor of octets");
  });
});
