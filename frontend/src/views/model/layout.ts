/** Where the cells of the layers x heads grid stand, in CSS pixels. */

export interface GridLayout {
  /** Side of a thumbnail, and distance from one to the next. */
  readonly cell: number;
  readonly pitch: number;
  /** Room of the row labels at the left and of the column labels above; both stay when the cells scroll. */
  readonly left: number;
  readonly top: number;
  readonly layers: number;
  readonly heads: number;
  /** Size of everything. */
  readonly width: number;
  readonly height: number;
}

export interface GridRoom {
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
  readonly layers: number;
  readonly heads: number;
  /** Rows or columns of a thumbnail, whichever is more. */
  readonly pixels: number;
}

const LEFT = 40;
const TOP = 38;
const EDGE = 4;
/** The largest pitch, so that a small model does not become a poster. */
const MOST = 176;
/** Down to this pitch everything is shown at once; with more cells the grid scrolls. */
const AT_ONCE = 40;
const SCROLLED_MOST = 64;
const LEAST = 22;
/** Whole device pixels for each cell of a thumbnail are worth this much of its size. */
const WHOLE = 0.9;

/** The largest cells with which all fit; where these would be too small, cells that scroll downwards, and only then sideways. */
export function gridLayout(room: GridRoom): GridLayout {
  const [layers, heads] = [Math.max(1, room.layers), Math.max(1, room.heads)];
  const across = Math.floor((room.width - LEFT - EDGE) / heads);
  const down = Math.floor((room.height - TOP - EDGE) / layers);
  const both = Math.min(across, down, MOST);
  const pitch = both >= AT_ONCE ? both : Math.max(LEAST, both, Math.min(across, SCROLLED_MOST));
  const gap = Math.round(Math.min(8, Math.max(2, pitch * 0.08)) * room.ratio) / room.ratio;
  const cell = wholeCells(pitch - gap, room.pixels, room.ratio);
  return {
    cell,
    pitch: cell + gap,
    left: LEFT,
    top: TOP,
    layers: room.layers,
    heads: room.heads,
    width: LEFT + room.heads * (cell + gap) + EDGE,
    height: TOP + room.layers * (cell + gap) + EDGE,
  };
}

function wholeCells(size: number, pixels: number, ratio: number): number {
  const device = Math.floor(size * ratio);
  const whole = Math.floor(device / Math.max(1, pixels)) * pixels;
  return (whole >= device * WHOLE ? whole : device) / ratio;
}

/** First visible row of cells and one past the last. */
export function visibleLayers(layout: GridLayout, scrolled: number, height: number): [number, number] {
  const first = Math.max(0, Math.floor(scrolled / layout.pitch));
  const last = Math.ceil((scrolled + Math.max(0, height - layout.top)) / layout.pitch);
  return [Math.min(first, layout.layers), Math.min(layout.layers, last)];
}

/** Upper left corner of a cell in the scrolled content. */
export function cellCorner(layout: GridLayout, row: number, head: number): { x: number; y: number } {
  return { x: layout.left + head * layout.pitch, y: layout.top + row * layout.pitch };
}

/** How far to scroll along one axis so that the cell at `index` is seen whole beside its labels. */
export function scrollToCell(layout: GridLayout, index: number, scrolled: number, room: number): number {
  const start = index * layout.pitch;
  if (start < scrolled) return start;
  return start + layout.pitch > scrolled + room ? start + layout.pitch - room : scrolled;
}

/** Where an arrow key leads from (row, head); null for other keys. */
export function moved(layout: GridLayout, row: number, head: number, key: string): { row: number; head: number } | null {
  const within = (value: number, count: number): number => Math.max(0, Math.min(count - 1, value));
  switch (key) {
    case "ArrowUp":
      return { row: within(row - 1, layout.layers), head };
    case "ArrowDown":
      return { row: within(row + 1, layout.layers), head };
    case "ArrowLeft":
      return { row, head: within(head - 1, layout.heads) };
    case "ArrowRight":
      return { row, head: within(head + 1, layout.heads) };
    case "Home":
      return { row, head: 0 };
    case "End":
      return { row, head: within(layout.heads - 1, layout.heads) };
    case "PageUp":
      return { row: within(row - 8, layout.layers), head };
    case "PageDown":
      return { row: within(row + 8, layout.layers), head };
    default:
      return null;
  }
}
