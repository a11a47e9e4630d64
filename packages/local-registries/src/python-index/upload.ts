import { createHash } from 'node:crypto';
import type { TrustedPublisher } from '../trusted-publishing/trusted-publisher.ts';
import { CORE_METADATA_HELP, checkMetadata, checkPlatform } from './acceptance.ts';
import type { ProvenanceObject } from './attestations.ts';
import { blake2b256Hex } from './blake2b.ts';
import { firstValue } from './core-metadata.ts';
import { checkFileName, type PackageType, readDistribution } from './distribution.ts';
import type { IndexStore, StoredFile, StoredProject } from './index-store.ts';
import { isProjectName } from './project-name.ts';
import { badRequest } from './refusal.ts';
import { findEqualVersion, type PythonVersion, parseVersion } from './version.ts';

const METADATA_VERSIONS: ReadonlySet<string> = new Set([
  '1.0',
  '1.1',
  '1.2',
  '2.1',
  '2.2',
  '2.3',
  '2.4',
  '2.5',
]);

export interface UploadRules {
  /** True to accept versions with a local label (`1.0+x`), which public PyPI never does. */
  readonly localVersions: boolean;
  /** True to accept wheels of platforms that public PyPI refuses. */
  readonly anyPlatform: boolean;
  /** The file's upload time: ISO 8601, UTC. */
  readonly now: string;
  /** The trusted publisher that uploads. */
  readonly publisher?: TrustedPublisher | undefined;
  /** The Sigstore whose attestations count; absent: none. */
  readonly trustedRoot?: object | undefined;
}

/**
 * Handles one upload: does the checks of PyPI's upload API in its order, then adds the file. Throws
 * a `Refusal` with PyPI's own words. Returns `there` if the index has the same bytes under the same
 * name, which PyPI answers with success.
 */
export async function upload(
  store: IndexStore,
  form: FormData,
  rules: UploadRules,
): Promise<'added' | 'there'> {
  const { name, version, packageType, pythonVersion } = readForm(form, rules);
  await checkMetadata(form);
  const part = form.get('content');
  if (!(part instanceof File)) throw badRequest('Upload payload does not have a file.');
  if (/[/\\]/.test(part.name))
    throw badRequest("Cannot upload a file with '/' or '\\' in the name.");
  checkFileName(part.name, packageType, name, version);
  if (!rules.anyPlatform) checkPlatform(part.name);
  const bytes = Buffer.from(await part.arrayBuffer());
  const digests = checkDigests(form, bytes);
  const { fields, sidecar } = await readDistribution(bytes, packageType, name, version);
  const provenance = await readAttestations(
    form,
    { name: part.name, sha256: digests.sha256 },
    rules,
  );
  const requiresPython = firstValue(fields, 'requires-python');
  const file: StoredFile = {
    fileName: part.name,
    version: version.normal,
    packageType,
    pythonVersion,
    size: bytes.length,
    ...digests,
    uploadTime: rules.now,
    ...(requiresPython !== undefined && { requiresPython }),
    ...(provenance !== undefined && { provenance }),
    ...(sidecar && { metadataSha256: createHash('sha256').update(sidecar).digest('hex') }),
  };
  return store.add(name, { bytes, sidecar, fields }, (project) => {
    // All files of a release have one version, however they spell it: `1.0` equals `1.0.0`.
    const release =
      findEqualVersion(Object.keys(project?.releases ?? {}), version) ?? version.normal;
    return accept(project, { ...file, version: release });
  });
}

interface UploadForm {
  readonly name: string;
  readonly version: PythonVersion;
  readonly packageType: PackageType;
  readonly pythonVersion: string;
}

function readForm(form: FormData, rules: UploadRules): UploadForm {
  if (field(form, ':action') !== 'file_upload')
    throw badRequest(`Unsupported :action: '${field(form, ':action') ?? ''}'.`);
  if (field(form, 'protocol_version') !== '1') throw badRequest('Unknown protocol version.');
  const metadataVersion = field(form, 'metadata_version') ?? '';
  if (!METADATA_VERSIONS.has(metadataVersion))
    throw badRequest(
      `'${metadataVersion}' is an invalid value for Metadata-Version. ${CORE_METADATA_HELP}`,
    );
  const name = field(form, 'name') ?? '';
  if (!isProjectName(name))
    throw badRequest(`'${name}' is an invalid value for Name. ${CORE_METADATA_HELP}`);
  const version = parseVersion(field(form, 'version') ?? '');
  if (version === undefined)
    throw badRequest(
      `'${field(form, 'version') ?? ''}' is an invalid value for Version. ${CORE_METADATA_HELP}`,
    );
  if (version.local !== undefined && !rules.localVersions) {
    throw badRequest(
      `The use of local versions in '${version.normal}' is not allowed. ${CORE_METADATA_HELP}`,
    );
  }
  const packageType = field(form, 'filetype');
  if (packageType !== 'sdist' && packageType !== 'bdist_wheel')
    throw badRequest('Unknown type of file.');
  const pythonVersion = field(form, 'pyversion') ?? '';
  if (packageType === 'sdist' && pythonVersion !== 'source')
    throw badRequest("Use 'source' as Python version for an sdist.");
  if (packageType !== 'sdist' && pythonVersion === '')
    throw badRequest('Python version is required for binary distribution uploads.');
  return { name, version, packageType, pythonVersion };
}

type Digests = Pick<StoredFile, 'md5' | 'sha256' | 'blake2b256'>;

function checkDigests(form: FormData, bytes: Buffer): Digests {
  const digests: Digests = {
    md5: createHash('md5').update(bytes).digest('hex'),
    sha256: createHash('sha256').update(bytes).digest('hex'),
    blake2b256: blake2b256Hex(bytes),
  };
  const claims = [
    [field(form, 'md5_digest'), digests.md5],
    [field(form, 'sha256_digest'), digests.sha256],
    [field(form, 'blake2_256_digest'), digests.blake2b256],
  ] as const;
  const given = claims.filter(([claimed]) => claimed !== undefined && claimed !== '');
  if (given.length === 0) throw badRequest('Include at least one message digest.');
  if (given.some(([claimed, actual]) => claimed?.toLowerCase() !== actual)) {
    throw badRequest(
      'The digest supplied does not match a digest calculated from the uploaded file.',
    );
  }
  return digests;
}

/** Returns the file to add, or `there` if the index already has it. */
function accept(project: StoredProject | undefined, file: StoredFile): StoredFile | 'there' {
  const same = project?.files.find((other) => other.fileName === file.fileName);
  if (same) {
    if (same.sha256 === file.sha256 && same.blake2b256 === file.blake2b256) return 'there';
    throw badRequest(
      `File already exists ('${file.fileName}', with blake2_256 hash '${file.blake2b256}'). See https://pypi.org/help/#file-name-reuse for more information.`,
    );
  }
  const second =
    file.packageType === 'sdist' &&
    project?.files.some((other) => other.version === file.version && other.packageType === 'sdist');
  if (second) throw badRequest('Only one sdist may be uploaded per release.');
  return file;
}

function field(form: FormData, name: string): string | undefined {
  const value = form.get(name);
  return typeof value === 'string' ? value : undefined;
}

const NO_TRUST = 'Attestations are only supported when using Trusted Publishing.';

/** Verifies the attestations of an upload (warehouse's `attestations/services.py`); undefined if it has none. */
async function readAttestations(
  form: FormData,
  file: { readonly name: string; readonly sha256: string },
  { publisher, trustedRoot }: UploadRules,
): Promise<ProvenanceObject | undefined> {
  const text = field(form, 'attestations');
  if (text === undefined) return undefined;
  if (publisher === undefined || trustedRoot === undefined)
    throw badRequest(`Invalid attestations supplied during upload: ${NO_TRUST}`);
  // Loaded late: few tests upload attestations.
  const { verifiedProvenance } = await import('./attestations.ts');
  return verifiedProvenance(text, { ...file, publisher, trustedRoot });
}
