import { InvalidInputError } from '@ameide/versioning-core';
import { requiredNames } from './build-system.ts';
import { type Table, tableAt, tableOf } from './toml.ts';

/**
 * Refuses plugins that write into the project's files, or its requirements, what only git can tell
 * them: the package would name another version or commit than its metadata. Throws
 * `InvalidInputError`, code `pypi-dynamic-version`.
 */
export function refuseVersionWriters(
  root: Table,
  { file, isVersioneers }: { readonly file: string; readonly isVersioneers: boolean },
): void {
  const names = requiredNames(root);
  if (names.has('versioningit')) throw writer(file, 'versioningit', asksGitAlone('versioningit'));
  if (isVersioneers) throw writer(file, 'versioneer', asksGitAlone('versioneer'));
  const template = templates(root).find(({ text }) => GIT_VARIABLE.test(text));
  const [, variable] = GIT_VARIABLE.exec(template?.text ?? '') ?? [];
  if (template === undefined || variable === undefined) return;
  throw writer(file, `{{ ${variable} }} in ${template.setting}`, INSTEAD_OF_TEMPLATE);
}

/**
 * In a template of dunamai's plugins: what they know only if they read the version from git. A
 * release tells them the version, so they write `None` or 0.
 */
const GIT_VARIABLE =
  /\{[{%](?:(?![%}]\}).)*?\b(commit|dirty|branch|branch_escaped|distance|tagged_metadata|timestamp)\b/s;

const INSTEAD_OF_TEMPLATE = `A release tells the plugin the version, and then it knows nothing of git. In the template use {{ env["AMEIDE_SHA"] }} or {{ env["AMEIDE_DATETIME"] }}, and formatted_version, base, stage or revision for the version.`;

/** The Jinja templates of poetry-dynamic-versioning and uv-dynamic-versioning. */
function templates(root: Table): readonly { readonly setting: string; readonly text: string }[] {
  const tool = tableAt(root, 'tool');
  const files = Object.entries(tableAt(tool, 'poetry-dynamic-versioning', 'files'));
  const hook = tableAt(tool, 'hatch', 'metadata', 'hooks', 'uv-dynamic-versioning');
  return [
    ...files.flatMap(([path, settings]) => {
      const text = tableOf(settings)['initial-content-jinja'];
      const setting = `tool.poetry-dynamic-versioning.files."${path}"`;
      return typeof text === 'string' ? [{ setting, text }] : [];
    }),
    ...Object.entries(hook).map(([key, value]) => ({
      setting: `tool.hatch.metadata.hooks.uv-dynamic-versioning.${key}`,
      text: JSON.stringify(value),
    })),
  ];
}

function asksGitAlone(plugin: string): string {
  return `${plugin} takes the version from git alone, and also writes it into the package's files. Remove ${plugin}, write version = "0.0.0" in [project], which every release stamps, and read it in the package with importlib.metadata.version("your-package").`;
}

function writer(field: string, received: string, hint: string): InvalidInputError {
  return new InvalidInputError(
    {
      field,
      received,
      expected: 'a version that a release can set: static, or computed by a known plugin or file',
      hint,
    },
    'pypi-dynamic-version',
  );
}
