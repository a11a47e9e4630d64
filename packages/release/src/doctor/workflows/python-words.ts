import type { ShellCommand } from '@ameide/source-files/workflows';
import { callOf } from './calls.ts';

export function isPythonFile(path: string): boolean {
  return /(?:^|\/)(?:pyproject\.toml|setup\.py|setup\.cfg|__init__\.py|__version__\.py|_?version\.py|__about__\.py)$/.test(
    path,
  );
}

/** Longer than any such rewrite. */
const MAX_LENGTH = 4000;

/** What is rewritten is a version. */
const VERSION = /version|pep.?440|\bpypi|\bpy_?ver|\bver\b/i;

/** `s/-dev/.dev/`, `s/-rc\./rc/`: from SemVer's form of a pre-release to that of PEP 440. */
const SED =
  /^s(.)(?:\\?[-+.]|\[[-+.]+\])?\\?[-+.]?(?:\\?\(?(?:dev|alpha|beta|rc|a|b|preview|snapshot|nightly|canary)\b|\\?[-+]|\[\^)[^]*\1(?:\.?dev|a|b|rc|\.|\+|\.post)[^]*\1/;

/** True for Python that writes a version into a pyproject.toml: `data['project']['version'] = …`. */
export function writesVersionInPython(command: ShellCommand): boolean {
  const call = callOf(command);
  if (!/^python[\d.]*$/.test(call?.program ?? '')) return false;
  const code = codeOf(command);
  return /\[\s*['"](?:project|poetry)['"]\s*\]\[\s*['"]version['"]\s*\]\s*=(?!=)/.test(code);
}

/** True for a command that makes a PEP 440 version of another one: with sed, tr, Python, or the shell. */
export function isPep440Rewrite(command: ShellCommand): boolean {
  const around = contextOf(command);
  if (command.text.length > MAX_LENGTH) return false;
  if (!VERSION.test(around)) return false;
  const call = callOf(command);
  const values = call?.args.map(({ value }) => value) ?? [];
  if (call?.program === 'sed') return values.some((one) => SED.test(one));
  if (call?.program === 'tr')
    return isTranslation(values) && /python|pypi|pep|py_|wheel|poetry/i.test(around);
  if (/^python[\d.]*$/.test(call?.program ?? '') || command.words.length === 0)
    return rewritesInCode(command);
  return false;
}

function isTranslation(values: readonly string[]): boolean {
  const [from, to] = values.filter((one) => !/^-[a-z]/.test(one));
  return /^[-+_]$/.test(from ?? '') && /^[.+]$/.test(to ?? '');
}

/** The arguments and the heredocs of a command. */
function codeOf({ redirects, words }: ShellCommand): string {
  return [...words.map(({ value }) => value), ...redirects.map(({ body = '' }) => body)].join('\n');
}

/** `version.replace('-', '.')` of Python, and `${VERSION//-/.}` of bash. */
function rewritesInCode(command: ShellCommand): boolean {
  const { assignments } = command;
  const code = codeOf(command);
  if (
    /\.replace\(\s*['"][-+.]?(?:dev|alpha|beta|rc)?\.?['"]\s*,\s*['"](?:\.?dev|a|b|rc|\.|\+)?['"]/.test(
      code,
    )
  )
    return true;
  if (/re\.sub\([^)]*(?:dev|alpha|beta|rc|[-+])[^)]*version/i.test(code)) return true;
  return assignments.some(
    ({ name, value }) =>
      /py/i.test(name) &&
      /\$\{\w+\/\/?-?\.?(?:dev|alpha|beta|rc|-)[^}]*\/(?:\.?dev|a|b|rc|\.)/.test(value.text),
  );
}

/** The pipeline, and what its output becomes. */
function contextOf(command: ShellCommand): string {
  const outer = command.within;
  return [
    command.text,
    command.pipeline ?? '',
    outer?.text ?? '',
    outer?.pipeline ?? '',
    ...command.redirects.map(({ body = '' }) => body),
  ]
    .map((one) => one.slice(0, MAX_LENGTH))
    .join('\n');
}
