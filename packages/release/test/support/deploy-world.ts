import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type CliResult, runCli } from './cli.ts';
import { createGitWorld, type GitWorld, VERSION_FILE } from './git-world.ts';

export const SDK = 'ghcr.io/acme/sdk';

/** What the stand-in registry says of one tag or digest. */
type StoredImage = { readonly sha?: string; readonly digest: string } | { readonly noAnswer: true };

interface StandInImages {
  /** By tag or digest. What is not here is absent. */
  readonly images: Readonly<Record<string, StoredImage>>;
  /** What is attached to every image: absent if the definition asks for no proofs. */
  readonly proofs?: 'proven' | 'missing' | 'unknown' | 'of-other-bytes' | 'none' | 'throws';
  /** True: asked about everything of a commit, it fails. */
  readonly failsForCommits?: boolean;
}

/**
 * A publisher of one image, whose registry is a JSON file: a stand-in. It reads the file each time it is
 * asked, and writes nothing.
 */
const publisher = (registry: string): string => `
import { readFileSync } from 'node:fs';
const stored = () => JSON.parse(readFileSync(${JSON.stringify(registry)}, 'utf8'));
const noAnswer = { code: 'oci-no-answer', kind: 'incomplete', message: 'The registry did not answer.', effect: 'none', rerun: 'safe' };
const unread = { ...noAnswer, code: 'log-no-answer', message: 'The log did not answer.' };
function finding(coordinate, sha) {
  const { noAnswer: silent, ...image } = stored().images[coordinate.version] ?? {};
  if (silent) return { coordinate, state: 'unknown', problem: noAnswer };
  if (image.digest === undefined) return { coordinate, state: 'absent' };
  return { coordinate, state: sha === undefined || image.sha === sha ? 'same-source' : 'conflict', ...image };
}
async function proofs(plan) {
  const state = stored().proofs;
  if (state === 'throws') throw new Error('a broken proof');
  if (state === 'none') return [];
  return plan.coordinates.map((coordinate) => ({
    coordinate, kind: 'signature',
    ...(state === 'of-other-bytes'
      ? { state: 'proven', digest: 'sha256:${'f'.repeat(64)}' }
      : { state, digest: stored().images[coordinate.version]?.digest }),
    ...(state === 'unknown' ? { problem: unread } : {}),
  }));
}
const image = {
  label: 'stand-in',
  image: '${SDK}',
  open: async () => ({
    id: 'oci:${SDK}',
    visibleOn: 'promote',
    members: [{ ecosystem: 'oci', name: '${SDK}' }],
    plan: ({ canonical, versions: { oci } }) => ({
      publisher: 'oci:${SDK}', registry: 'https://ghcr.io', sha: canonical.sha, pointers: [],
      coordinates: [oci.commitTag, ...(oci.versionTag === undefined ? [] : [oci.versionTag])]
        .map((version) => ({ ecosystem: 'oci', name: '${SDK}', version })),
    }),
    check: async () => [],
    inspect: async (subject) => {
      if ('plan' in subject && stored().failsForCommits) throw new Error('a broken registry');
      return ('plan' in subject ? subject.plan.coordinates : [subject.coordinate])
        .map((one) => finding(one, subject.plan?.sha));
    },
    build: async () => ({ problems: [noAnswer] }),
    publish: async () => [],
    ...(stored().proofs === undefined ? {} : { proofs }),
  }),
};
`;

export interface DeployWorld {
  /** The repository with the definition: 0.1.0, and a dev build after it. */
  readonly git: GitWorld;
  readonly shas: { readonly release: string; readonly dev: string };
  readonly digests: { readonly release: string; readonly dev: string };
  /** Replaces what the registry says; `images` are added to those that are as they should be. */
  readonly registry: (changes: Partial<StandInImages>) => void;
  /** Writes a file into a folder beside the repository, and returns its path. */
  readonly manifest: (text: string | Uint8Array, path?: string) => string;
  readonly run: (
    argv: readonly string[],
    options?: { readonly env?: Readonly<Record<string, string>>; readonly stdin?: string },
  ) => Promise<CliResult>;
}

/** Releases of a stand-in for a registry, and a folder for manifests. `deploy`: the definition's, as a program writes it. */
export function createDeployWorld(deploy = '{}'): DeployWorld {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ameide-manifests-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'registry.json');
  const git = createGitWorld();
  git.write(
    'release.config.mjs',
    `${publisher(file)}export default { versionFile: '${VERSION_FILE}', publishers: [image], deploy: ${deploy} };\n`,
  );
  const release = git.commit('the release', '2025-11-13T15:32:11+00:00');
  git.git('tag', 'v0.1.0');
  git.write('later', 'x');
  const dev = git.commit('after it', '2025-11-14T09:05:00+00:00');
  const digests = { release: `sha256:${'a'.repeat(64)}`, dev: `sha256:${'b'.repeat(64)}` };
  const ours = { sha: release, digest: digests.release };
  const newest = { sha: dev, digest: digests.dev };
  const good = {
    '0.1.0': ours,
    latest: ours,
    [release]: ours,
    [digests.release]: ours,
    dev: newest,
    [dev]: newest,
    [digests.dev]: newest,
  };
  const registry: DeployWorld['registry'] = ({ images, ...more }) =>
    writeFileSync(file, JSON.stringify({ ...more, images: { ...good, ...images } }));
  registry({});
  return {
    git,
    shas: { release, dev },
    digests,
    registry,
    manifest(text, path = 'pod.yaml') {
      const at = join(folder, path);
      writeFileSync(at, text);
      return at;
    },
    run: async (argv, { env, stdin } = {}) =>
      runCli(['-C', git.directory, 'deploy', ...argv], env, undefined, stdin),
  };
}

/** A pod with one image, in line 6, column 14. */
export function pod(image: string, annotations = '{}'): string {
  return `kind: Pod\nmetadata:\n  annotations: ${annotations}\nspec:\n  containers:\n    - image: ${image}\n      name: sdk\n`;
}
