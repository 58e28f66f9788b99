/** `change`: how far each head of one capture is from the same head of another. */

import type { Capture, CaptureStack } from "../../api/answers/capture";
import { ApiError, isAbort, sentence } from "../../api/error";
import { headDistance } from "../../attend/head_distance";
import type { LeftOut } from "../../types";
import type { Asked } from "../asked";
import { encodeArrays } from "../encode";
import { type At, findLayer, findStack, type Holding, LayerNotHeld } from "../holding";
import type { Tell } from "../jobs";
import { keptOf } from "../kept";
import { Pace } from "../pace";
import { NO_LENGTHS } from "./layer";

interface Side {
  readonly at: At;
  readonly capture: Capture;
}

export async function change(
  holding: Holding,
  asked: Asked,
  signal: AbortSignal,
  tell: Tell,
): Promise<ArrayBuffer> {
  const places: readonly At[] = [
    { ...asked.probe(), step: asked.integer("step") },
    { run: asked.text("with_run"), tag: asked.text("with_tag"), step: asked.integer("with_step") },
  ];
  const [here, there] = await Promise.all(
    places.map(async (at): Promise<Side> => ({ at, capture: await holding.capture(at) })),
  );
  if (!here || !there) throw new ApiError("There is nothing to compare.", 400);
  checkTokens(here.capture, there.capture);
  const rows = rowsOf(here.capture);
  const others = new Map(rowsOf(there.capture).map((row) => [nameOf(row), row.heads]));
  const notes = rows.flatMap((row) => differs(row, others.get(nameOf(row))));
  const known = new Set(rows.map(nameOf));
  for (const row of rowsOf(there.capture))
    if (!known.has(nameOf(row))) notes.push(`${nameOf(row)} is only in the other step, or run.`);
  if ([here, there].some(({ capture }) => capture.kind === "batch") && !sameText(here, there))
    notes.push(OTHER_TEXTS);
  const heads = Math.max(...rows.map((row) => row.heads));
  const distance = new Float32Array(rows.length * heads).fill(Number.NaN);
  const pace = new Pace(signal);
  const notHeld = new Set<number>();
  const soFar = (compared: number): ArrayBuffer =>
    encodeArrays(
      { distance: { shape: [rows.length, heads], data: distance } },
      {
        rows: rows.map(({ stack, layer }) => [stack, layer]),
        notes: notHeld.size > 0 ? [...notes, notHeldText([...notHeld])] : notes,
        progress: compared / Math.max(rows.length, 1),
        done: compared === rows.length,
      },
    );
  for (const [place, row] of rows.entries()) {
    tell(() => soFar(place));
    if (others.get(nameOf(row)) !== row.heads) continue;
    try {
      const of = await distanceOf(holding, [here, there], row, asked.leftOut());
      for (let head = 0; head < row.heads; head++) {
        distance[place * heads + head] = of(head);
        await pace.breathe();
      }
    } catch (error) {
      if (isAbort(error)) throw error;
      if (error instanceof LayerNotHeld) notHeld.add(row.layer);
      else notes.push(`${nameOf(row)} is left out. ${sentence(error)}`);
    }
  }
  return soFar(rows.length);
}

/** The distance of each head of a layer. */
async function distanceOf(
  holding: Holding,
  sides: readonly [Side, Side],
  row: Row,
  leftOut: LeftOut,
): Promise<(head: number) => number> {
  const [one, other] = await Promise.all(
    sides.map(async ({ at, capture }) => {
      const stack = findStack(capture, row.stack);
      const about = findLayer(stack, row.layer);
      const layer = await holding.layer(at, stack, about);
      if (leftOut.show === "arriving" && layer.valueNorms === null)
        throw new ApiError(NO_LENGTHS, 404);
      return { layer, kept: keptOf(capture, stack, about, layer, leftOut) };
    }),
  );
  if (!one || !other) throw new ApiError("There is nothing to compare.", 400);
  return (head) => {
    const hidden = one.kept.hidden?.(head) ?? null;
    const also = other.kept.hidden?.(head);
    hidden?.forEach((flag, key) => {
      hidden[key] = flag | (also?.[key] ?? 0);
    });
    return headDistance(one.layer, other.layer, head, leftOut.show, hidden);
  };
}

/** "Left out: layers 0, 1, ... of which this page holds no queries and keys." */
function notHeldText(layers: readonly number[]): string {
  const which = layers.slice(0, 8).join(", ") + (layers.length > 8 ? " ..." : "");
  const named = layers.length === 1 ? `layer ${which}` : `layers ${which}`;
  return `Left out: ${named}, of which this page holds no queries and keys.`;
}

interface Row {
  readonly stack: string;
  readonly layer: number;
  readonly heads: number;
}

function rowsOf({ stacks }: Capture): readonly Row[] {
  return stacks.flatMap(({ name, layers }) =>
    layers.map(({ layer, heads }) => ({ stack: name, layer, heads })),
  );
}

function nameOf({ stack, layer }: Row): string {
  return `Layer ${layer} of the stack ${stack}`;
}

function differs(row: Row, heads: number | undefined): readonly string[] {
  if (heads === undefined) return [`${nameOf(row)} is only in this step, or run.`];
  if (heads === row.heads) return [];
  return [`${nameOf(row)} has ${row.heads} heads here and ${heads} there: they are not compared.`];
}

function checkTokens(here: Capture, there: Capture): void {
  const common = here.stacks.filter((stack) =>
    there.stacks.some(({ name }) => name === stack.name),
  );
  if (common.length === 0)
    throw new ApiError(`${NOT_COMPARED}: they have no stack in common.`, 400);
  const lengths = (capture: Capture, { query_sequence, key_sequence }: CaptureStack): string =>
    [query_sequence, key_sequence]
      .map((each) => capture.sequences[each]?.tokens.length ?? 0)
      .filter((count, place, all) => place === 0 || count !== all[0])
      .join(" and ");
  for (const stack of common) {
    const [a, b] = [lengths(here, stack), lengths(there, findStack(there, stack.name))];
    if (a !== b)
      throw new ApiError(`${NOT_COMPARED}: one has ${a} tokens, the other has ${b}.`, 400);
  }
}

const NOT_COMPARED = "These steps cannot be compared";
const OTHER_TEXTS =
  "The texts differ, as each step has examples of its own batch: the distances compare texts, and say little of the model.";

function sameText(here: Side, there: Side): boolean {
  const texts = [here, there].map(({ capture }) =>
    JSON.stringify(capture.sequences.map(({ tokens }) => tokens)),
  );
  return texts[0] === texts[1];
}
