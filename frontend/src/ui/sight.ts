/**
 * Bringing into sight what stands somewhere in a scrolling box. Not scrollIntoView: that would
 * scroll the page as well.
 */

/**
 * How far to scroll so that `size` pixels from `start` on are seen whole in `room`; `scrolled`
 * where they already are.
 */
export function scrollToSee(start: number, size: number, scrolled: number, room: number): number {
  if (start < scrolled) return start;
  return start + size > scrolled + room ? start + size - room : scrolled;
}

/** The same, but in the middle of the room where they were not seen whole. */
export function scrollToMiddle(
  start: number,
  size: number,
  scrolled: number,
  room: number,
): number {
  const seen = start >= scrolled && start + size <= scrolled + room;
  return seen ? scrolled : start + size / 2 - room / 2;
}

/** Scrolls a box downwards or upwards so that an element in it is seen. */
export function showInBox(
  box: HTMLElement,
  element: HTMLElement,
  scrollTo: typeof scrollToSee = scrollToSee,
): void {
  const start = element.offsetTop - box.offsetTop;
  const wanted = scrollTo(start, element.offsetHeight, box.scrollTop, box.clientHeight);
  if (wanted !== box.scrollTop) box.scrollTop = wanted;
}
