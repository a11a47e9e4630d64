import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtFolderProblem } from '@ameide/publisher-kit';
import { type Artifact, failed, ok, type Result, type Step } from '@ameide/versioning-core';
import { checkModule } from './assets/go-module.ts';
import { makeAssets, makeOwnAssets, measure } from './assets/make.ts';
import { type BuiltAsset, COMMIT, type GithubBuilt, type GithubPlan } from './plan.ts';

/** Makes the files of the release. A dev build has none. */
export async function buildRelease(plan: GithubPlan, step: Step): Promise<Result<GithubBuilt>> {
  step.signal.throwIfAborted();
  const { problems, value } = await makeAssets(plan, step);
  return value === undefined ? failed(...problems) : ok(builtOf(plan, value));
}

/** The first artifact is the release itself, which is a name of its commit. */
function builtOf(plan: GithubPlan, assets: readonly BuiltAsset[]): GithubBuilt {
  const [coordinate] = plan.coordinates;
  if (coordinate === undefined) return { artifacts: [], assets: [] };
  const release: Artifact = { coordinate, name: COMMIT, digest: plan.sha, size: 0 };
  const files = assets.map(({ digest, name, size }) => ({ coordinate, name, digest, size }));
  return { artifacts: [release, ...files], assets };
}

/** What `save` writes beside the files. */
const COMMIT_FILE = 'release.json';

/** Writes the files of the release, and the commit that they are of, into an empty folder. */
export async function saveRelease(
  { artifacts, assets }: GithubBuilt,
  folder: string,
): Promise<void> {
  const [release] = artifacts;
  if (release === undefined) return;
  for (const { file, name } of assets) await copyFile(file, join(folder, assetFile(name)));
  const facts = { tag: release.coordinate.version, sha: release.digest };
  await writeFile(join(folder, COMMIT_FILE), `${JSON.stringify(facts, undefined, 2)}\n`);
}

/** Adds a prefix, because an asset may have the name of our own file. */
function assetFile(name: string): string {
  return `asset-${name}`;
}

/**
 * Reads saved files, and compares them with the files that are made from this commit here. The zip of a
 * Go module has the files of its mirror, so only its name is compared.
 */
export async function loadRelease(
  plan: GithubPlan,
  folder: string,
  step: Step,
): Promise<Result<GithubBuilt>> {
  const unusable = (reason: string): Result<never> =>
    failed(builtFolderProblem(plan.publisher, reason));
  if (plan.tag === undefined) return ok({ artifacts: [], assets: [] });
  const facts = await readFile(join(folder, COMMIT_FILE), 'utf8').catch(() => undefined);
  if (facts === undefined) return unusable(`there is no ${COMMIT_FILE}`);
  if (!facts.includes(`"${plan.sha}"`) || !facts.includes(`"${plan.tag}"`))
    return unusable(`${COMMIT_FILE} is of another commit or tag`);
  const made = new Map((await makeOwnAssets(plan, step)).map((one) => [one.name, one.digest]));
  const saved: BuiltAsset[] = [];
  for (const asset of plan.assets) {
    const { kind, name } = asset;
    const file = join(folder, assetFile(name));
    const measured = await measure(file).catch(() => undefined);
    if (measured === undefined) return unusable(`there is no ${assetFile(name)}`);
    const wrong =
      kind === 'goModule' ? await checkModule(plan, asset, file, step.signal) : undefined;
    if (wrong !== undefined) return failed(wrong);
    if (kind !== 'goModule' && measured.digest !== made.get(name))
      return unusable(`${assetFile(name)} is not what this commit makes`);
    saved.push({ name, file, ...measured });
  }
  return ok(builtOf(plan, saved));
}
