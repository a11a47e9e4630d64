import { isDeepStrictEqual } from 'node:util';
import { parsePep508 } from '@ameide/source-files/python';
import { readSetupCfg, type SetupCfg } from '@ameide/source-files/setuptools';
import { type Requirement, statedRequirement } from './requirements.ts';

type SetupOption = SetupCfg['options'][number];

/** Returns the requirements of `install_requires` and `[options.extras_require]`. */
export function setupRequirements({ options }: SetupCfg): readonly Requirement[] {
  return options
    .filter(isRequirements)
    .flatMap((option) =>
      option.values.flatMap(({ text }) =>
        items(option, text).map((item) =>
          statedRequirement(`${option.section}.${option.name}`, item.trim(), new Set()),
        ),
      ),
    );
}

/**
 * Replaces specifiers in place: `change` returns the new one, or undefined where the requirement
 * stays. Returns undefined if that would change anything else.
 */
export function stampSetupRequirements(
  text: string,
  change: (requirement: Requirement) => string | undefined,
  file: string,
): string | undefined {
  const before = readSetupCfg(text, file);
  const lines = [...before.lines];
  const options = before.options.map((option) => {
    if (!isRequirements(option)) return option;
    const values = option.values.map(({ text: value, line }) => {
      const stamped = items(option, value)
        .map((item) => stampedItem(option, item, change))
        .join(';');
      const at = lines[line]?.lastIndexOf(value) ?? -1;
      if (at !== -1) lines[line] = spliced(lines[line] ?? '', at, value, stamped);
      return { text: stamped, line };
    });
    return { ...option, values };
  });
  const stamped = lines.join('');
  return isDeepStrictEqual(readSetupCfg(stamped, file).options, options) ? stamped : undefined;
}

function stampedItem(
  { name, section }: SetupOption,
  item: string,
  change: (requirement: Requirement) => string | undefined,
): string {
  const specifier = change(statedRequirement(`${section}.${name}`, item.trim(), new Set()));
  return specifier === undefined ? item : (parsePep508(item)?.withSpecifier(specifier) ?? item);
}

function spliced(line: string, at: number, value: string, stamped: string): string {
  return line.slice(0, at) + stamped + line.slice(at + value.length);
}

function isRequirements({ name, section }: SetupOption): boolean {
  return (
    section === 'options.extras_require' || (section === 'options' && name === 'install_requires')
  );
}

/** On the option's own line, setuptools takes `;` between requirements, elsewhere before a marker. */
function items({ line, values }: SetupOption, text: string): readonly string[] {
  return values.length === 1 && values[0]?.line === line ? text.split(';') : [text];
}
