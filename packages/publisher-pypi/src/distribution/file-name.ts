import { normalisePep440, parsePypiName } from '@ameide/versioning-core';

/** The parts of a distribution's file name. */
export interface DistributionFileName {
  readonly kind: 'wheel' | 'sdist';
  /** Normalised, PEP 503. */
  readonly name: string;
  /** In normal form, PEP 440. */
  readonly version: string;
  /**
   * A wheel's python tag (`py3`, `cp312`), or `source` for an sdist: `pyversion` in the upload
   * form.
   */
  readonly pythonTag: string;
}

/**
 * Reads the file name of a wheel or sdist, as `packaging.utils` does. Returns undefined for
 * anything else (an egg, an installer). Also reads old spellings (upper case, `.zip`, a version not
 * in normal form), because an index may have some.
 */
export function parseFileName(fileName: string): DistributionFileName | undefined {
  if (/[/\\\0]/.test(fileName)) return undefined;
  return fileName.endsWith('.whl')
    ? parseWheel(fileName.slice(0, -'.whl'.length))
    : parseSdist(fileName);
}

/** What pip unpacks: `ARCHIVE_EXTENSIONS` in pip/_internal/utils/filetypes.py, without wheels. */
const ARCHIVE = /\.(?:tar|tar\.(?:gz|bz2|xz|lz|lzma)|tgz|tbz|txz|tlz|zip)$/;

/**
 * Returns the version of a wheel or an archive among the files of a project, in normal form; undefined for what pip
 * passes over. Unlike `parseFileName`, it also reads what old tools have uploaded, such as `x-1.0-1.tar.bz2`: the
 * name ends where it is the project's (`evaluate_link` in pip/_internal/index/package_finder.py).
 */
export function versionInList(fileName: string, project: string): string | undefined {
  if (fileName.endsWith('.whl')) {
    const wheel = parseFileName(fileName);
    return wheel?.name === project ? wheel.version : undefined;
  }
  // Its own name for an old installer of macOS.
  if (!ARCHIVE.test(fileName) || /macosx10.*\.zip$/.test(fileName)) return undefined;
  const stem = fileName.replace(ARCHIVE, '');
  for (let cut = stem.indexOf('-'); cut > 0; cut = stem.indexOf('-', cut + 1))
    if (canonical(stem.slice(0, cut)) === project) return normalisePep440(stem.slice(cut + 1));
  return undefined;
}

/** As `canonicalize_name` of `packaging`, which takes any text. */
function canonical(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}

/**
 * Returns what a wheel or sdist is among the files of its version: `sdist`, `wheel py3-none-any`,
 * with a build tag `wheel 1-py3-none-any`.
 */
export function partOf(fileName: string): string {
  if (!fileName.endsWith('.whl')) return 'sdist';
  const [, , ...tags] = fileName.slice(0, -'.whl'.length).split('-');
  return `wheel ${tags.join('-')}`;
}

function parseWheel(stem: string): DistributionFileName | undefined {
  const parts = stem.split('-');
  if (parts.length !== 5 && parts.length !== 6) return undefined;
  const [name, version] = parts;
  const pythonTag = parts.at(-3);
  if (name === undefined || version === undefined || pythonTag === undefined || pythonTag === '')
    return undefined;
  return named('wheel', name, version, pythonTag);
}

function parseSdist(fileName: string): DistributionFileName | undefined {
  const stem = /^(.+)\.(?:tar\.gz|zip)$/.exec(fileName)?.[1];
  const cut = stem?.lastIndexOf('-') ?? -1;
  if (stem === undefined || cut < 1) return undefined;
  return named('sdist', stem.slice(0, cut), stem.slice(cut + 1), 'source');
}

function named(
  kind: DistributionFileName['kind'],
  name: string,
  version: string,
  pythonTag: string,
): DistributionFileName | undefined {
  // The wheel specification escapes `-` in a version as `_`; PEP 440 reads both.
  const normal = normalisePep440(version);
  if (
    normal === undefined ||
    !/^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(name) ||
    name.length > 200
  )
    return undefined;
  return { kind, name: parsePypiName(name), version: normal, pythonTag };
}
