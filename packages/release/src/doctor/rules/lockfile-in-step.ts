import { readLockfiles } from '@ameide/source-files/lockfiles';
import { isUvMember, uvWorkspace } from '@ameide/source-files/python';
import { folderOf, pathIn } from '@ameide/versioning-core';
import { type PackageFacts, tableAt } from '../facts.ts';
import type { Finding, Rule } from '../finding.ts';
import { bunDifferences } from '../lockfiles/bun.ts';
import { LOCK_COMMANDS, type LockTool } from '../lockfiles/commands.ts';
import { goDifferences } from '../lockfiles/go.ts';
import { npmDifferences } from '../lockfiles/npm.ts';
import { NPM_LOCKFILES, npmRoots, openLock } from '../lockfiles/npm-locks.ts';
import { pnpmDifferences } from '../lockfiles/pnpm.ts';
import { contentHashes } from '../lockfiles/poetry.ts';
import { type Difference, INSTALLED, type NpmLock, rangesOf } from '../lockfiles/project.ts';
import { type UvProject, uvDifferences } from '../lockfiles/uv.ts';
import { uvVersionDifferences } from '../lockfiles/uv-folders.ts';
import { yarnDifferences } from '../lockfiles/yarn.ts';

const NAME = 'lockfile-in-step';

export const LOCKFILE_IN_STEP: Rule<PackageFacts> = {
  name: NAME,
  title: 'Every lockfile has what the manifests ask for.',
  why: 'CI installs with --frozen-lockfile, npm ci, --immutable, --locked or -mod=readonly, which refuse a lockfile that is out of step; without these flags, everybody installs something else.',
  async find(facts) {
    return [...(await ofNpm(facts)), ...(await ofPython(facts)), ...(await ofGo(facts))];
  },
};

const COMPARE: Readonly<Record<string, (lock: NpmLock) => readonly Difference[] | undefined>> = {
  pnpm: pnpmDifferences,
  npm: npmDifferences,
  yarn: yarnDifferences,
  bun: bunDifferences,
};

async function ofNpm(facts: PackageFacts): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const root of await npmRoots(facts)) {
    // A hook of pnpm may change every manifest before it is compared.
    if (PNPMFILES.some((name) => facts.reader.has(pathIn(root.directory, name)))) continue;
    for (const name of root.lockfiles) {
      const tool = NPM_LOCKFILES[name] ?? 'npm';
      // Of two lockfiles only the one that is used; `lockfile-of-one-tool` reports the other.
      if (root.lockfiles.length > 1 && tool !== root.manager) continue;
      const lock = name === 'bun.lockb' ? undefined : await openLock(root, name, facts.reader);
      if (lock === undefined) continue;
      const differences = COMPARE[tool]?.(lock);
      if (differences === undefined) await refuseUnreadable(lock, facts.reader);
      findings.push(...(differences ?? []).map((one) => finding(one, tool)));
    }
  }
  return findings;
}

/** What is not compared may be a version of the format that no rule knows, or no lockfile at all. */
async function refuseUnreadable(
  { path, projects, text }: NpmLock,
  reader: PackageFacts['reader'],
): Promise<void> {
  const needsSome = projects.some(({ json }) =>
    INSTALLED.some((field) => rangesOf(json, field).size > 0),
  );
  if (text.trim() === '' && needsSome) reader.refuse(path, 'it is empty');
  const { problems } = await readLockfiles(reader.files, (one) => one === path);
  for (const { message } of problems)
    reader.refuse(path, message.replace(/^.*? cannot be read: /, '').replace(/\.$/, ''));
}

const PNPMFILES = ['.pnpmfile.cjs', '.pnpmfile.mjs', 'pnpmfile.js'];

async function ofPython(facts: PackageFacts): Promise<readonly Finding[]> {
  const { paths } = facts.reader;
  const findings: Finding[] = [];
  for (const path of paths.filter((one) => /(?:^|\/)uv\.lock$/.test(one)))
    findings.push(...(await ofUv(path, facts)).map((one) => finding(one, 'uv')));
  for (const path of paths.filter((one) => /(?:^|\/)poetry\.lock$/.test(one)))
    findings.push(...(await ofPoetry(path, facts)).map((one) => finding(one, 'poetry')));
  return findings;
}

async function ofUv(
  path: string,
  { packages, reader }: PackageFacts,
): Promise<readonly Difference[]> {
  const lock = await reader.toml(path);
  if (lock === undefined) return [];
  const folder = folderOf(path);
  const top = (await reader.text(pathIn(folder, 'pyproject.toml'))) ?? '';
  const workspace = uvWorkspace(top);
  const projects: UvProject[] = [];
  for (const { directory, ecosystem } of packages) {
    const inRoot = directory === folder ? '.' : directory.slice(pathIn(folder, '').length);
    if (
      ecosystem !== 'pypi' ||
      !(directory === folder || (workspace !== undefined && isUvMember(inRoot, workspace)))
    )
      continue;
    const manifest = pathIn(directory, 'pyproject.toml');
    const [root, text] = [await reader.toml(manifest), await reader.text(manifest)];
    if (root?.['project'] !== undefined && text !== undefined)
      projects.push({ path: manifest, text, root, inRoot });
  }
  return [...uvDifferences(path, lock, projects), ...(await uvVersionDifferences(path, reader))];
}

async function ofPoetry(path: string, { reader }: PackageFacts): Promise<readonly Difference[]> {
  const manifest = pathIn(folderOf(path), 'pyproject.toml');
  const [lock, root] = [await reader.toml(path), await reader.toml(manifest)];
  const { 'content-hash': hash } = tableAt(lock, 'metadata');
  if (root === undefined || typeof hash !== 'string' || hash.length !== 64) return [];
  if (contentHashes(root).includes(hash)) return [];
  return [
    {
      message: `The dependencies in ${manifest} are not those that ${path} was made from.`,
      where: { path: manifest },
    },
  ];
}

async function ofGo({ packages, reader }: PackageFacts): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const workSums = (await reader.text('go.work.sum')) ?? '';
  for (const { directory, ecosystem, manifest } of packages) {
    const path = pathIn(directory, 'go.sum');
    if (ecosystem !== 'go' || !reader.has(path)) continue;
    const text = (await reader.text(manifest)) ?? '';
    const own = (await reader.text(path)) ?? '';
    if (/^<{7} /m.test(own)) reader.refuse(path, 'it has a merge conflict');
    const sums = `${own}\n${workSums}`;
    findings.push(...goDifferences(manifest, text, sums).map((one) => finding(one, 'go')));
  }
  return findings;
}

function finding({ before, message, where }: Difference, tool: LockTool): Finding {
  const run = `Run ${LOCK_COMMANDS[tool]}, and commit the lockfile.`;
  return { rule: NAME, message, hint: before === undefined ? run : `${before}. ${run}`, ...where };
}
