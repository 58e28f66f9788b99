import { describe, expect, it } from "vitest";
import { arrange, type Wanted } from "./arrange";

const all: Wanted = {
  rows: 3,
  heads: (row) => (row === 1 ? 2 : 3),
  showsRow: () => true,
  showsHead: () => true,
  shows: () => true,
  score: null,
  ascending: false,
};

function names(wanted: Partial<Wanted>): string {
  return arrange({ ...all, ...wanted })
    .slots.map((slot) => (slot ? `${slot.row}${slot.head}` : "--"))
    .join(" ");
}

describe("arrange", () => {
  it("has layers down and heads across, with gaps where a layer has fewer", () => {
    expect(names({})).toBe("00 01 02 10 11 -- 20 21 22");
    expect(arrange(all).across).toBe(3);
  });

  it("leaves out layers and heads", () => {
    expect(names({ showsRow: (row) => row !== 0, showsHead: (head) => head > 0 })).toBe(
      "11 -- 21 22",
    );
  });

  it("leaves out rows and columns that a filter has emptied, and only those", () => {
    const kept = arrange({
      ...all,
      shows: ({ row, head }) => (row === 2 && head === 0) || (row === 0 && head === 2),
    });
    expect(kept.across).toBe(2);
    expect(kept.slots).toEqual([null, { row: 0, head: 2 }, { row: 2, head: 0 }, null]);
    expect(arrange({ ...all, shows: () => false }).slots).toEqual([]);
  });

  it("sorts, what is no number last in either direction, equals as in the model", () => {
    const score = ({ row, head }: { row: number; head: number }): number =>
      row === 0 ? Number.NaN : row * 10 + (head === 2 ? 0 : head);
    expect(names({ score })).toBe("21 20 22 11 10 00 01 02");
    expect(names({ score, ascending: true })).toBe("10 11 20 22 21 00 01 02");
  });

  it("sorts those without a number among themselves by another one", () => {
    const score = ({ row, head }: { row: number; head: number }): number =>
      row === 0 ? Number.NaN : row * 10 + head;
    const second = ({ head }: { head: number }): number => (head === 2 ? Number.NaN : head);
    expect(names({ score, second })).toBe("22 21 20 11 10 01 00 02");
    expect(names({ score, second, ascending: true })).toBe("10 11 20 21 22 00 01 02");
  });
});
