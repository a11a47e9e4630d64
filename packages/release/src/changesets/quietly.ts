/**
 * Calls changesets' code, which prints a line for each range that leaves a workspace package's version
 * out, three times for one plan. A library does not print. `call` is synchronous, so nobody else's
 * line is lost.
 */
export function quietly<T>(call: () => T): T {
  const print = console.error;
  console.error = () => undefined;
  try {
    return call();
  } finally {
    console.error = print;
  }
}
