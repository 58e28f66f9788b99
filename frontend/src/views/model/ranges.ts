/** Numbers as people write them: "0-3, 7". */

export type Ranges = readonly (readonly [number, number])[];

/** null where the text is empty or is not such a list. */
export function parseRanges(text: string): Ranges | null {
  const parts = text.split(/[\s,]+/).filter((part) => part !== "");
  const ranges = parts.map((part) => /^(\d{1,6})(?:[-–](\d{1,6}))?$/.exec(part));
  if (parts.length === 0 || ranges.includes(null)) return null;
  return ranges.map((found) => {
    const [first, last] = [Number(found?.[1]), Number(found?.[2] ?? found?.[1])];
    return [Math.min(first, last), Math.max(first, last)];
  });
}

/** Whether a number is shown; all are where there are no ranges. */
export function inRanges(ranges: Ranges | null, number: number): boolean {
  return ranges?.some(([first, last]) => first <= number && number <= last) ?? true;
}
