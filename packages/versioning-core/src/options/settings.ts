const LEFT_OUT: ReadonlySet<string> = new Set(['token', 'user', 'ports']);

/**
 * Returns options as JSON data. Leaves out what may differ between two runs of one definition:
 * credentials, ports, functions.
 */
export function settingsOf(options: object): unknown {
  const text = JSON.stringify(options, (key, value: unknown) =>
    LEFT_OUT.has(key) || typeof value === 'function' ? undefined : value,
  );
  return JSON.parse(text) as unknown;
}
