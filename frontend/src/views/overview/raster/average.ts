/** Heads and steps on fewer pixels than there are of them. Pure. */

/**
 * Values [rows, columns] as means [down, across]: each pixel is the mean of what it covers, by how
 * much of it is covered, without what is not a number; NaN where nothing else is there.
 */
export function averaged(
  values: Float32Array,
  [rows, columns]: readonly [rows: number, columns: number],
  [down, across]: readonly [rows: number, columns: number],
): Float32Array {
  const narrow = across < columns ? along(values, rows, columns, across, false) : values;
  return down < rows ? along(narrow, rows, across, down, true) : narrow;
}

/** Joins the `lines` of an array, which are its rows or its columns, to `pixels` of them. */
function along(
  values: Float32Array,
  rows: number,
  columns: number,
  pixels: number,
  isDown: boolean,
): Float32Array {
  const [lines, others] = isDown ? [rows, columns] : [columns, rows];
  const made = new Float32Array(pixels * others);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const [from, to] = [(pixel * lines) / pixels, ((pixel + 1) * lines) / pixels];
    for (let other = 0; other < others; other++) {
      let [sum, weight] = [0, 0];
      for (let line = Math.floor(from); line < to - 1e-9; line++) {
        const value = values[isDown ? line * columns + other : other * columns + line] as number;
        if (Number.isNaN(value)) continue;
        const covered = Math.min(to, line + 1) - Math.max(from, line);
        sum += covered * value;
        weight += covered;
      }
      made[isDown ? pixel * others + other : other * pixels + pixel] =
        weight > 0 ? sum / weight : Number.NaN;
    }
  }
  return made;
}
