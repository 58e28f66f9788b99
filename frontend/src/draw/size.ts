/** The inner size of an element, now and whenever it changes. */

/** Calls `look` at once, and after each change. Returns what ends it. */
export function followSize(box: HTMLElement, look: () => void): () => void {
  look();
  const observer = new ResizeObserver(look);
  observer.observe(box);
  return () => observer.disconnect();
}
