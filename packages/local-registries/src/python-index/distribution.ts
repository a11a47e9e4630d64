import { readTarGzEntry, readZipEntry } from './archive-entry.ts';
import { type CoreMetadata, firstValue, parseCoreMetadata } from './core-metadata.ts';
import { fileNamePart, normalizeName } from './project-name.ts';
import { badRequest } from './refusal.ts';
import { type PythonVersion, parseVersion } from './version.ts';

export type PackageType = 'sdist' | 'bdist_wheel';

/** What a distribution file says about itself. */
export interface DistributionMetadata {
  readonly fields: CoreMetadata;
  /**
   * The bytes of a wheel's METADATA, which the index also serves next to the wheel (PEP 658);
   * undefined for an sdist.
   */
  readonly sidecar: Buffer | undefined;
}

/**
 * Checks a file's name against the project and version of its upload. Sources: PEP 625 for sdists;
 * for wheels the binary distribution format § File name convention, with the normalised name.
 */
export function checkFileName(
  fileName: string,
  type: PackageType,
  name: string,
  version: PythonVersion,
): void {
  const stem = `${fileNamePart(name)}-${version.normal}`;
  if (type === 'sdist') {
    if (fileName !== `${stem}.tar.gz`)
      throw badRequest(`Filename '${fileName}' is invalid, should be '${stem}.tar.gz'.`);
    return;
  }
  const [, distribution, fileVersion] =
    /^([^-]+)-([^-]+)(?:-\d[^-]*)?-[^-]+-[^-]+-[^-]+\.whl$/.exec(fileName) ?? [];
  if (distribution === undefined || fileVersion === undefined)
    throw badRequest(`Invalid wheel filename: '${fileName}'.`);
  if (distribution !== fileNamePart(name))
    throw badRequest(`Start filename for '${name}' with '${fileNamePart(name)}'.`);
  if (fileVersion !== version.normal)
    throw badRequest(`Version in filename should be '${version.normal}' not '${fileVersion}'.`);
}

/** Reads a file's own metadata and checks that its project and version are those of the upload. */
export async function readDistribution(
  content: Buffer,
  type: PackageType,
  name: string,
  version: PythonVersion,
): Promise<DistributionMetadata> {
  const stem = `${fileNamePart(name)}-${version.normal}`;
  const path = type === 'sdist' ? `${stem}/PKG-INFO` : `${stem}.dist-info/METADATA`;
  const bytes =
    type === 'sdist'
      ? await readTarGzEntry(content, path)
      : await readWheelMetadata(content, stem, path);
  if (bytes === undefined) throw badRequest(`Invalid distribution file. ${path} not found.`);
  const fields = parseCoreMetadata(bytes);
  const ownName = firstValue(fields, 'name') ?? '';
  const ownVersion = firstValue(fields, 'version') ?? '';
  if (normalizeName(ownName) !== normalizeName(name))
    throw badRequest(`The upload is for '${name}', but ${path} says the name is '${ownName}'.`);
  if (parseVersion(ownVersion)?.normal !== version.normal) {
    throw badRequest(
      `The upload is for version '${version.normal}', but ${path} says it is '${ownVersion}'.`,
    );
  }
  return { fields, sidecar: type === 'sdist' ? undefined : bytes };
}

async function readWheelMetadata(
  content: Buffer,
  stem: string,
  path: string,
): Promise<Buffer | undefined> {
  for (const required of [`${stem}.dist-info/WHEEL`, `${stem}.dist-info/RECORD`]) {
    if ((await readZipEntry(content, required)) === undefined)
      throw badRequest(`Invalid distribution file. ${required} not found.`);
  }
  return readZipEntry(content, path);
}
