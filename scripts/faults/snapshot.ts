import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type LocalRegistries, ociRepository, readPackage } from '@ameide/local-registries';

/** Every name on the four registries that a consumer can ask for, and what it names. */
export type Snapshot = Readonly<Record<string, string>>;

export const MIRROR = 'ameideio/ameide-sdk-go';
const IMAGES = ['ameide-sdk-ts', 'ameide-sdk-go', 'ameide-sdk-python', 'configuration'];
const PACKAGES = ['@ameideio/ameide-sdk-ts', '@ameideio/configuration'];
const PROJECT = 'ameide-sdk-python';
/** What a signature or provenance of each kind is: its bytes differ each time, and one more does no harm. */
const ATTACHED = 'attached';
const run = promisify(execFile);

/** Reads the registries past their proxies, without any publisher. */
export async function takeSnapshot(registries: LocalRegistries): Promise<Snapshot> {
  const parts = await Promise.all([
    ...PACKAGES.map((name) => npmNames(registries, name)),
    pythonFiles(registries),
    ...IMAGES.map((name) => imageTags(registries, name)),
    gitRefs(registries),
  ]);
  return Object.fromEntries(parts.flat().toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

type Names = readonly (readonly [string, string])[];

async function npmNames({ npm }: LocalRegistries, name: string): Promise<Names> {
  const found = await readPackage(npm.url, name);
  if (found === undefined) return [];
  const proven = await Promise.all(
    Object.keys(found.versions).map(async (version) => {
      const of = `${name.replace('/', '%2f')}@${version}`;
      const { ok } = await fetch(`${npm.url}/-/npm/v1/attestations/${of}`);
      return ok ? [[`npm:${name}@${version} provenance`, ATTACHED] as const] : [];
    }),
  );
  return [
    ...proven.flat(),
    ...Object.entries(found.versions).map(
      ([version, digest]) => [`npm:${name}@${version}`, String(digest)] as const,
    ),
    ...Object.entries(found.tags).map(
      ([tag, version]) => [`npm:${name} ${tag}`, String(version)] as const,
    ),
  ];
}

async function pythonFiles({ python }: LocalRegistries): Promise<Names> {
  const accept = 'application/vnd.pypi.simple.v1+json';
  const response = await fetch(`${python.simpleUrl}${PROJECT}/`, { headers: { accept } });
  if (response.status === 404) return [];
  const { files } = (await response.json()) as {
    readonly files: readonly {
      readonly filename: string;
      readonly hashes: { readonly sha256: string };
      readonly provenance?: string | null;
    }[];
  };
  return files.flatMap(({ filename, hashes, provenance }) => [
    [`pypi:${filename}`, hashes.sha256] as const,
    ...(typeof provenance === 'string' ? [[`pypi:${filename} provenance`, ATTACHED] as const] : []),
  ]);
}

async function imageTags({ oci }: LocalRegistries, name: string): Promise<Names> {
  const repository = ociRepository(oci, `ameideio/${name}`);
  const tags = Object.entries(await repository.tags());
  const proofs = await Promise.all(
    tags.map(async ([tag, digest]) => {
      const answer = await repository.fetch(`referrers/${digest}`);
      const { manifests } = (await answer.json()) as {
        readonly manifests: readonly { readonly annotations?: Readonly<Record<string, string>> }[];
      };
      const types = new Set(
        manifests.map((one) => one.annotations?.['dev.sigstore.bundle.predicateType']),
      );
      const kinds = Object.entries(PROOFS).filter(([, type]) => types.has(type));
      return kinds.map(([kind]) => [`oci:ameideio/${name}:${tag} ${kind}`, ATTACHED] as const);
    }),
  );
  return [
    ...tags.map(([tag, digest]) => [`oci:ameideio/${name}:${tag}`, digest] as const),
    ...proofs.flat(),
  ];
}

const PROOFS = {
  signature: 'https://sigstore.dev/cosign/sign/v1',
  provenance: 'https://slsa.dev/provenance/v1',
} as const;

async function gitRefs({ git }: LocalRegistries): Promise<Names> {
  const format = '--format=%(refname) %(objectname)';
  const { stdout } = await run('git', ['-C', git.path(MIRROR), 'for-each-ref', format]);
  return stdout
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' ') as [string, string])
    .map(([ref, sha]) => [`git:${ref}`, sha]);
}

/** True for a name that never changes once it is there. */
export function isImmutable(name: string): boolean {
  const of = name.replace(/ (?:signature|provenance)$/, '');
  return /^npm:\S+$|^pypi:|^git:refs\/tags\/|^oci:.*:(?:[\da-f]{40}|\d+\.\d+\.\d+)$/.test(of);
}
