/** Gives a file to the user, by a link that is clicked for them. */

/** How long a browser may take to begin reading, in milliseconds. */
const PATIENCE = 60_000;

export function saveFile(file: Blob, name: string): void {
  const link = document.createElement("a");
  const address = URL.createObjectURL(file);
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), PATIENCE);
}
