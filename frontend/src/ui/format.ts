/** Numbers and names as text. */

const THOUSANDS = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** 1200 as "1,200". */
export function formatStep(step: number): string {
  return THOUSANDS.format(step);
}

/** A weight with four decimals. */
export function formatWeight(weight: number): string {
  return weight.toFixed(4);
}

/** A score with two decimals; masked scores are -Infinity, and a sick model has NaN or Infinity. */
export function formatScore(score: number): string {
  if (score === Number.NEGATIVE_INFINITY) return "masked";
  return Number.isFinite(score) ? score.toFixed(2) : String(score);
}

/** "1 token", "12 tokens". */
export function plural(count: number, noun: string): string {
  return `${formatStep(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** Seconds since 1970 as local date and time. */
export function formatTime(seconds: number): string {
  return new Date(seconds * 1000).toLocaleString("en-GB", {
    dateStyle: "medium",
    timeStyle: "short",
  });
}
