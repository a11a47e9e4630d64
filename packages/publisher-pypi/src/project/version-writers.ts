import { InvalidInputError } from '@ameide/versioning-core';
import { requiredNames } from './build-system.ts';
import { type Table, tableAt, tableOf } from './toml.ts';
import { fillVersion, requirementTemplates } from './version-templates.ts';

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
  if (names.has('versioningit')) throw asksGitAlone(file, 'versioningit');
  if (isVersioneers) throw asksGitAlone(file, 'versioneer');
  const [found] = templates(root, names).flatMap(({ setting, text }) =>
    variablesOf(text)
      .filter(({ name }) => UNKNOWN.has(name))
      .map((found) => ({ ...found, setting })),
  );
  if (found !== undefined) throw asksGit(file, found);
}

interface Template {
  readonly setting: string;
  readonly text: string;
}

/**
 * Template variables that plugins based on dunamai set from git. Given a version, they set these to
 * `None` or 0, or parse `0.1.0.dev3` otherwise than PEP 440 does.
 */
const UNKNOWN = new Set(
  'commit dirty branch branch_escaped distance tagged_metadata timestamp version stage revision serialize_pep440 serialize_pvp serialize_semver'.split(
    ' ',
  ),
);

/** The Jinja templates of poetry-dynamic-versioning and uv-dynamic-versioning. */
function templates(root: Table, required: ReadonlySet<string>): readonly Template[] {
  const tool = tableAt(root, 'tool');
  const poetry = tableAt(tool, 'poetry-dynamic-versioning');
  const isEnabled = required.has('poetry-dynamic-versioning') && poetry['enable'] === true;
  const files = isEnabled ? Object.entries(tableAt(poetry, 'files')) : [];
  return [
    ...files.flatMap(([path, settings]) => {
      const text = tableOf(settings)['initial-content-jinja'];
      const setting = `tool.poetry-dynamic-versioning.files."${path}"`;
      return typeof text === 'string' ? [{ setting, text }] : [];
    }),
    // A release writes its version in place of `{{ version }}`.
    ...requirementTemplates(root).map(({ path, value }) => ({
      setting: path.slice(0, 6).join('.'),
      text: fillVersion(value, '0.0.0'),
    })),
  ];
}

const STRING = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/gs;
const BLOCK = new RegExp(`\\{[{%](?:${STRING.source}|(?![%}]\\})[^"'])*[%}]\\}`, 'gs');

/**
 * The names in the expressions and statements of a Jinja template, without attributes and string
 * literals, each with its expression or statement.
 */
function variablesOf(
  template: string,
): readonly { readonly name: string; readonly block: string }[] {
  const shown = template
    .replaceAll(/\{#.*?#\}/gs, '')
    .replaceAll(/\{%[-+]?\s*raw\b.*?\bendraw\s*[-+]?%\}/gs, '');
  const blocks = shown.matchAll(BLOCK);
  return Array.from(blocks, ([block]) => block).flatMap((block) =>
    Array.from(block.replaceAll(STRING, '').matchAll(/(?<![.\w])[A-Za-z_]\w*/g), ([name]) => ({
      name,
      block,
    })),
  );
}

function asksGitAlone(field: string, plugin: string): InvalidInputError {
  return new InvalidInputError(
    {
      field,
      received: plugin,
      expected: 'a version that a release can set: static, or computed by a known plugin or file',
      hint: `${plugin} takes the version from git alone, and also writes it into the package's files. Remove ${plugin}, write version = "0.0.0" in [project], which every release stamps, and read it in the package with importlib.metadata.version("your-package").`,
    },
    'pypi-dynamic-version',
  );
}

function asksGit(
  field: string,
  { block, name, setting }: Record<'block' | 'name' | 'setting', string>,
): InvalidInputError {
  return new InvalidInputError(
    {
      field,
      received: block.replaceAll(/\s+/g, ' '),
      expected: `a template in ${setting} without ${name}, which the plugin takes from git`,
      hint: 'A release gives the plugin the version, so the plugin does not ask git. In the requirements of uv-dynamic-versioning’s hook write {{ version }} alone, without a filter; elsewhere use {{ env["AMEIDE_PYPI_VERSION"] }}, {{ env["AMEIDE_SHA"] }} and {{ env["AMEIDE_DATETIME"] }}; poetry-dynamic-versioning also has {{ formatted_version }}.',
    },
    'pypi-dynamic-version',
  );
}
