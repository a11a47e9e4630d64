/**
 * Returns options as JSON data. Leaves out what may differ between two runs of one definition: tokens,
 * ports, functions.
 */
export function settingsOf(options: object): unknown {
  const text = JSON.stringify(options, (key, value: unknown) =>
    key === 'token' || key === 'ports' || typeof value === 'function' ? undefined : value,
  );
  return JSON.parse(text) as unknown;
}
