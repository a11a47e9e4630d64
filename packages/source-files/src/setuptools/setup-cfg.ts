import { InvalidInputError } from '@ameide/versioning-core';

/**
 * A setup.cfg, read as by setuptools: with Python's `RawConfigParser`, without inline comments.
 * https://docs.python.org/3/library/configparser.html#supported-ini-file-structure
 */
export interface SetupCfg {
  /** With their line ends. */
  readonly lines: readonly string[];
  readonly options: readonly SetupOption[];
}

export interface SetupOption {
  readonly section: string;
  /** In setuptools' form: lower case, with `_`. */
  readonly name: string;
  /** Each line of the value that is not empty, trimmed, with its index in `lines`. */
  readonly values: readonly { readonly text: string; readonly line: number }[];
  /** Where the option is. */
  readonly line: number;
}

/** Throws `InvalidInputError`, code `pypi-invalid-pyproject`, field `file`. */
export function readSetupCfg(text: string, file: string): SetupCfg {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const options: { -readonly [K in keyof SetupOption]: SetupOption[K] }[] = [];
  let section: string | undefined;
  let indent: number | undefined;
  for (const [line, raw] of lines.entries()) {
    const content = raw.trim();
    if (content === '' || /^[#;]/.test(content)) continue;
    const depth = raw.search(/\S/);
    const open = options.at(-1);
    const header = /^\[(.+)\]/.exec(content);
    if (indent !== undefined && depth > indent && open !== undefined)
      open.values = [...open.values, { text: content, line }];
    else if (header !== null) [section, indent] = [header[1], undefined];
    else {
      const option = /^(.*?)\s*[=:]\s*(.*)$/.exec(content);
      if (section === undefined || option === null) throw unreadable(file, line);
      const [, key = '', value = ''] = option;
      const name = key.toLowerCase().replaceAll('-', '_');
      const values = value === '' ? [] : [{ text: value, line }];
      options.push({ section, name, values, line });
      indent = depth;
    }
  }
  return { lines, options };
}

/** Returns the lines of an option's value; undefined if there is no such option. */
export function setupValues(
  { options }: SetupCfg,
  section: string,
  name: string,
): readonly string[] | undefined {
  const found = options.find((option) => option.section === section && option.name === name);
  return found?.values.map(({ text }) => text);
}

function unreadable(file: string, line: number): InvalidInputError {
  return new InvalidInputError(
    {
      field: file,
      expected: `an INI file as Python's configparser reads it; line ${line + 1} is not an option`,
      hint: 'Write "name = value" below a [section], and indent the lines that continue a value.',
    },
    'pypi-invalid-pyproject',
  );
}
