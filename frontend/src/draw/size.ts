/** The inner size of an element, now and whenever it changes. */

/** Calls `look` once the size is known, and after each change. Returns what ends it. */
export function followSize(box: HTMLElement, look: () => void): () => void {
  const observer = new ResizeObserver(look);
  observer.observe(box);
  return () => observer.disconnect();
}
