/** How long a blob may take, in milliseconds: a minute, or longer for a slow line, 256 KiB a second. */
export function transferMs(size: number): number {
  return 60_000 + (size / (256 * 1024)) * 1000;
}
