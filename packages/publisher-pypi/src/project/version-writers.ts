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
  const [found] = templates(root, names).flatMap(({ setting, text }) =>
    variablesOf(text)
      .filter((variable) => UNKNOWN.has(variable))
      .map((variable) => `{{ ${variable} }} in ${setting}`),
  );
  if (found !== undefined) throw writer(file, found, INSTEAD_OF_TEMPLATE);
}

interface Template {
  readonly setting: string;
  readonly text: string;
}

/**
 * What dunamai's plugins know only if they read the version from git: else it is `None` or 0, and
 * they take `0.1.0.dev3` apart in another way than PEP 440.
 */
const UNKNOWN = new Set(
  'commit dirty branch branch_escaped distance tagged_metadata timestamp version stage revision serialize_pep440 serialize_pvp serialize_semver'.split(
    ' ',
  ),
);

const INSTEAD_OF_TEMPLATE =
  'A release tells the plugin the version, and then it knows nothing of git. In the template use {{ env["AMEIDE_PYPI_VERSION"] }}, {{ env["AMEIDE_SHA"] }} and {{ env["AMEIDE_DATETIME"] }}; poetry-dynamic-versioning also has {{ formatted_version }}.';

/** The Jinja templates of poetry-dynamic-versioning and uv-dynamic-versioning. */
function templates(root: Table, required: ReadonlySet<string>): readonly Template[] {
  const tool = tableAt(root, 'tool');
  const poetry = tableAt(tool, 'poetry-dynamic-versioning');
  const isPoetrys = required.has('poetry-dynamic-versioning') && poetry['enable'] === true;
  const files = isPoetrys ? Object.entries(tableAt(poetry, 'files')) : [];
  const hook = required.has('uv-dynamic-versioning')
    ? tableAt(tool, 'hatch', 'metadata', 'hooks', 'uv-dynamic-versioning')
    : {};
  return [
    ...files.flatMap(([path, settings]) => {
      const text = tableOf(settings)['initial-content-jinja'];
      const setting = `tool.poetry-dynamic-versioning.files."${path}"`;
      return typeof text === 'string' ? [{ setting, text }] : [];
    }),
    ...Object.entries(hook).flatMap(([key, value]) =>
      textsIn(value).map((text) => ({
        setting: `tool.hatch.metadata.hooks.uv-dynamic-versioning.${key}`,
        text,
      })),
    ),
  ];
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** The names in the expressions and statements of a Jinja template, without attributes and texts. */
function variablesOf(template: string): readonly string[] {
  const shown = template
    .replaceAll(/\{#.*?#\}/gs, '')
    .replaceAll(/\{%[-+]?\s*raw\b.*?\bendraw\s*[-+]?%\}/gs, '');
  const blocks = shown.matchAll(/\{[{%]((?:"[^"]*"|'[^']*'|(?![%}]\})[^"'])*)[%}]\}/g);
  return Array.from(blocks, ([, inside = '']) => inside.replaceAll(/"[^"]*"|'[^']*'/g, '')).flatMap(
    (inside) => Array.from(inside.matchAll(/(?<![.\w])[A-Za-z_]\w*/g), ([name]) => name),
  );
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
