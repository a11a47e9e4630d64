/**
 * Calls changesets' code and drops what it prints: a line for each dependency range that does not
 * include the version of the workspace package, three times for one plan. `call` is synchronous, so no
 * other code's output is lost.
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
