import { SOURCE_COMMIT_LABEL } from '../distribution/metadata.ts';

/** What a bundle's project says about itself. */
export interface BundleProject {
  /** As its author wrote it. */
  readonly name: string;
  readonly module: string;
  readonly summary: string;
  readonly license?: string;
}

export interface BundleVersion {
  /** PEP 440, in normal form. */
  readonly version: string;
  readonly sourceCommit: string;
}

const REQUIRES_PYTHON = '>=3.9';

/** Returns METADATA and PKG-INFO (core metadata 2.4). */
export function coreMetadata(
  { license, module, name, summary }: BundleProject,
  { sourceCommit, version }: BundleVersion,
): string {
  return [
    'Metadata-Version: 2.4',
    `Name: ${name}`,
    `Version: ${version}`,
    `Summary: ${summary}`,
    ...(license === undefined ? [] : [`License-Expression: ${license}`]),
    `Project-URL: ${SOURCE_COMMIT_LABEL}, ${sourceCommit}`,
    `Requires-Python: ${REQUIRES_PYTHON}`,
    'Description-Content-Type: text/markdown',
    '',
    `# ${name}`,
    '',
    summary,
    '',
    `Every file is as it was committed: <${sourceCommit}>.`,
    '',
    '```python',
    `from ${module} import files, index, load, path`,
    '',
    'for name in files:',
    '    print(name, path(name).read_bytes())',
    'print(index["sha"])',
    '```',
    '',
    '`load(name)` returns what a JSON or YAML file contains.',
    '',
  ].join('\n');
}

/** Returns the sdist's pyproject.toml: flit packs every file of the module. */
export function pyproject(
  { license, module, name, summary }: BundleProject,
  { sourceCommit, version }: BundleVersion,
): string {
  return [
    '[build-system]',
    'requires = ["flit_core>=3.11,<4"]',
    'build-backend = "flit_core.buildapi"',
    '',
    '[project]',
    `name = ${tomlString(name)}`,
    `version = ${tomlString(version)}`,
    `description = ${tomlString(summary)}`,
    `requires-python = ${tomlString(REQUIRES_PYTHON)}`,
    ...(license === undefined ? [] : [`license = ${tomlString(license)}`]),
    '',
    '[project.urls]',
    `${tomlString(SOURCE_COMMIT_LABEL)} = ${tomlString(sourceCommit)}`,
    '',
    '[tool.flit.module]',
    `name = ${tomlString(module)}`,
    '',
  ].join('\n');
}

/** A string of JSON is one of TOML, but for this character. */
function tomlString(value: string): string {
  return JSON.stringify(value).replaceAll('\x7f', String.raw`\u007f`);
}
