import { InvalidInputError, normalisePep440, parsePypiName } from '@ameide/versioning-core';
import { parse, TomlError } from 'smol-toml';
import { stamp } from './stamp.ts';
import { type VersionSource, versionSource } from './version-source.ts';

/** What `open` reads from a pyproject.toml. */
export interface PythonProject {
  /** As its author wrote it. */
  readonly name: string;
  /** PEP 503. */
  readonly normalisedName: string;
  readonly versionSource: VersionSource;
  /** The build backend archives HEAD: what is not committed is not in its sdist. */
  readonly archivesHead: boolean;
  /** Has a `Private :: …` classifier, which PyPI refuses. */
  readonly isPrivate: boolean;
}

type Table = Readonly<Record<string, unknown>>;

/**
 * Reads and checks a pyproject.toml (PEP 518, 621). Throws `InvalidInputError`, with `file` as its
 * field: code `pypi-invalid-pyproject`, `pypi-dynamic-version`, `pypi-dynamic-urls` or
 * `pypi-no-build-system`.
 */
export function readPyproject(text: string, file: string): PythonProject {
  const root = parseToml(text, file);
  const project = table(root['project']);
  if (project === undefined)
    throw invalid(
      file,
      'a [project] table with name and version (PEP 621)',
      'Add [project] with name and version = "0.0.0".',
    );
  const name = project['name'];
  const normalisedName = parsePypiName(name, `${file}: project.name`);
  const source = versionSource(root, file);
  requireStampable(project, file);
  requireBuildSystem(root, file);
  // A file that could not be stamped is reported now, before anything is built or asked.
  const versionField = source.kind === 'field' ? source.path : undefined;
  const sourceCommit = 'https://example.invalid/commit/0';
  stamp(text, { version: '0.0.0', sourceCommit, versionField }, file);
  const backend = table(root['build-system'])?.['build-backend'];
  return {
    name: String(name),
    normalisedName,
    versionSource: source,
    archivesHead: backend === 'mesonpy',
    isPrivate: isPrivate(project),
  };
}

function parseToml(text: string, file: string): Table {
  // Decoding puts U+FFFD where bytes are no UTF-8.
  if (text.includes('\uFFFD'))
    throw invalid(file, 'UTF-8 text (TOML 1.0)', 'Save the file as UTF-8.');
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const what = error.message.split('\n')[0] ?? '';
    throw invalid(
      file,
      `valid TOML 1.0; line ${error.line}, column ${error.column}: ${what}`,
      'Correct that line: a key may be there only once.',
    );
  }
}

function requireStampable(project: Table, file: string): void {
  const dynamic: unknown = project['dynamic'] ?? [];
  if (!Array.isArray(dynamic))
    throw invalid(file, 'project.dynamic to be an array of field names', 'Write dynamic = [].');
  if (dynamic.includes('urls')) {
    throw new InvalidInputError(
      {
        field: file,
        received: 'dynamic includes "urls"',
        expected: 'static project.urls: the "Source Commit" URL is stamped there',
        hint: 'Move the URLs into [project.urls], and take "urls" out of dynamic.',
      },
      'pypi-dynamic-urls',
    );
  }
  const version = project['version'];
  const isStatic = !dynamic.includes('version');
  if (isStatic && (typeof version !== 'string' || normalisePep440(version) === undefined)) {
    throw invalid(
      file,
      'project.version to be a PEP 440 version',
      'Write version = "0.0.0": every release stamps its own.',
      version,
    );
  }
  const urls = project['urls'] ?? {};
  const texts = table(urls);
  if (texts === undefined || Object.values(texts).some((url) => typeof url !== 'string')) {
    throw invalid(
      file,
      'project.urls to be a table of label = "https://…" (PEP 621)',
      'Write [project.urls] with one text for each label.',
    );
  }
}

function requireBuildSystem(root: Table, file: string): void {
  const buildSystem = table(root['build-system']);
  const requires = buildSystem?.['requires'];
  if (Array.isArray(requires) && requires.every((requirement) => typeof requirement === 'string'))
    return;
  throw new InvalidInputError(
    {
      field: file,
      expected: 'a [build-system] table with requires = ["…"] (PEP 518)',
      hint: 'Add for example: [build-system] requires = ["hatchling==1.28.0"], build-backend = "hatchling.build". Pin it: another build tool makes other bytes.',
    },
    'pypi-no-build-system',
  );
}

function isPrivate(project: Table): boolean {
  const classifiers = project['classifiers'];
  return (
    Array.isArray(classifiers) &&
    classifiers.some(
      (classifier) => typeof classifier === 'string' && /^private\s*::/i.test(classifier),
    )
  );
}

function table(value: unknown): Table | undefined {
  return typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date)
    ? (value as Table)
    : undefined;
}

function invalid(
  file: string,
  expected: string,
  hint: string,
  received?: unknown,
): InvalidInputError {
  return new InvalidInputError(
    {
      field: file,
      expected,
      hint,
      ...(received === undefined
        ? {}
        : { received: typeof received === 'string' ? received : JSON.stringify(received) }),
    },
    'pypi-invalid-pyproject',
  );
}
