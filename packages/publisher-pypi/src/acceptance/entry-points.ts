/**
 * Returns why entry_points.txt is not what PyPI takes; undefined if it is: an INI file as Python's
 * configparser reads it, with `=` alone, and plain names of scripts (warehouse/utils/wheel.py).
 */
export function entryPointsFlaw(text: string): string | undefined {
  const seen = new Set<string>();
  let section: string | undefined;
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (/^\s*(?:[#;].*)?$/.test(line)) continue;
    // A deeper line continues the value before it.
    if (/^\s/.test(line) && section !== undefined && seen.size > 0) continue;
    const [, header] = /^\[(.+)\]/.exec(line) ?? [];
    if (header !== undefined) section = header;
    else if (section === undefined) return 'it has a line before its first section';
    const [, key] = /^(.*?)\s*=/.exec(line) ?? [];
    if (header === undefined && (key === undefined || key === ''))
      return `it has a line that is not name = value: ${JSON.stringify(line.slice(0, 80))}`;
    const name = header === undefined ? `${section}\n${key}` : section;
    if (name === undefined) continue;
    if (seen.has(name)) return `it has ${JSON.stringify(header ?? key)} twice`;
    seen.add(name);
    const isScript = section === 'console_scripts' || section === 'gui_scripts';
    if (isScript && key !== undefined && header === undefined && !/^[\p{L}\p{N}_.-]+$/u.test(key))
      return `it names a script ${JSON.stringify(key)}`;
  }
  return undefined;
}
