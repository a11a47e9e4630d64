import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { inParallel } from '@ameide/publisher-kit';
import { literalSource, testStep, writeInto } from '@ameide/publisher-kit/testing';
import { npm } from '../../src/npm.ts';
import { run } from '../support/client.ts';
import { makeRelease, releaseChannel } from '../support/release.ts';
import { valueOf } from '../support/result.ts';
import { readTarball } from '../support/tarball.ts';
import type { PackShape } from './shapes.ts';
import type { WorkspaceShape } from './workspace-shapes.ts';

/** Path in the package → `executable` or `file`, and its text; package.json as an object. */
export type Packed = Readonly<Record<string, unknown>>;

/** An empty folder, and how to remove it. */
export function temporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'pack-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Writes what a plain clone of a shape holds, and what a build or an installation leaves in it. */
export function layOut(shape: PackShape, directory: string): void {
  for (const [path, content] of Object.entries({ ...shape.files, ...shape.made }))
    writeInto(directory, path, content);
  for (const path of shape.executables ?? []) chmodSync(join(directory, path), 0o755);
}

/** What `npm pack` makes of each of the folders, by one run: name of the package → its content. */
export async function packWithNpm(
  folders: readonly string[],
  home: string,
): Promise<ReadonlyMap<string, Packed>> {
  writeInto(home, 'package.json', { name: 'home', private: true });
  const out = outFolder(home, 'npm');
  const argv = ['npm', 'pack', '--ignore-scripts', '--pack-destination', out] as const;
  await run([...argv, ...folders], home, environment(home));
  const packed = await packages(out);
  return new Map([...packed].map(([name, content]) => [name, withCommands(content)]));
}

/** The same with `pnpm pack`, as packages of a workspace whose root holds nothing. */
export async function packWithPnpm(
  folders: readonly string[],
  home: string,
): Promise<ReadonlyMap<string, Packed>> {
  writeInto(home, 'package.json', { name: 'home', private: true });
  writeInto(
    home,
    'pnpm-workspace.yaml',
    `packages: ${JSON.stringify(folders.map((folder) => basename(folder)))}\n`,
  );
  const out = outFolder(home, 'pnpm');
  const argv = ['pnpm', '-r', 'pack', '--ignore-scripts', '--pack-destination', out] as const;
  await run(argv, home, environment(home));
  return packages(out);
}

/** The same with `yarn pack`: each folder is a project, which needs no installation. */
export async function packWithYarn(
  folders: readonly string[],
  home: string,
): Promise<ReadonlyMap<string, Packed>> {
  const out = outFolder(home, 'yarn');
  await inParallel(
    folders,
    async (folder) =>
      run(
        ['yarn', 'pack', '--out', join(out, `${basename(folder)}.tgz`)],
        folder,
        environment(home),
      ),
    4,
  );
  return packages(out);
}

/** The same with `bun pm pack`. */
export async function packWithBun(
  folders: readonly string[],
  home: string,
): Promise<ReadonlyMap<string, Packed>> {
  const out = outFolder(home, 'bun');
  const argv = ['bun', 'pm', 'pack', '--ignore-scripts', '--destination', out] as const;
  for (const folder of folders) await run(argv, folder, environment(home));
  return packages(out);
}

const INSTALL: Readonly<Record<WorkspaceShape['tool'], readonly [string, ...string[]]>> = {
  npm: ['npm', 'install', '--offline', '--ignore-scripts'],
  pnpm: ['pnpm', 'install', '--offline', '--ignore-scripts', '--no-frozen-lockfile'],
  yarn: ['yarn', 'install', '--mode=skip-build'],
  bun: ['bun', 'install', '--ignore-scripts'],
};

/** What the workspace's own tool packs of the shape's package. */
export async function packInWorkspace(
  { directory, tool, installs = tool === 'yarn' }: WorkspaceShape,
  root: string,
  home: string,
): Promise<Packed> {
  const out = outFolder(home, 'out');
  const file = join(out, 'package.tgz');
  const env = environment(home);
  const argv: Readonly<Record<WorkspaceShape['tool'], readonly [string, ...string[]]>> = {
    npm: ['npm', 'pack', '--ignore-scripts', '--pack-destination', out],
    pnpm: ['pnpm', 'pack', '--ignore-scripts', '--out', file],
    yarn: ['yarn', 'pack', '--out', file],
    bun: ['bun', 'pm', 'pack', '--ignore-scripts', '--destination', out],
  };
  if (installs) await run(INSTALL[tool], root, env);
  await run(argv[tool], join(root, directory), env);
  const [packed] = (await packages(out)).values();
  return packed ?? {};
}

/** What we pack of the same commit, in a checkout that holds the same. */
export async function packWithUs(shape: PackShape, checkout: string): Promise<Packed> {
  return readPacked(shape, checkout, contentOf);
}

/** The same, as `read` reads the tarball. */
export async function readPacked<T>(
  { allow = [], directory = '.', files }: PackShape,
  checkout: string,
  read: (tarball: string) => Promise<T>,
): Promise<T> {
  const source = literalSource(files);
  const publisher = await npm({ directory, allow }).open(source);
  using step = testStep({ source });
  const plan = publisher.plan(makeRelease({ channel: releaseChannel('1.0.0'), base: '1.0.0' }));
  const built = await publisher.build(plan, { ...step, checkout });
  return await read(valueOf(built).tarball);
}

/**
 * npm marks a command as executable when it packs, unless it is in a folder (pacote takes the first
 * part of its path for `package/`), and again, each of them, when it installs.
 */
function withCommands(content: Packed): Packed {
  const { bin, directories } = content['package.json'] as {
    readonly bin?: string | Readonly<Record<string, string>>;
    readonly directories?: { readonly bin?: string };
  };
  const named = typeof bin === 'string' ? [bin] : Object.values(bin ?? {});
  const commands = new Set(named.map((path) => path.replace(/^\.\//, '')));
  const folder = bin === undefined ? directories?.bin?.replace(/^\.\//, '') : undefined;
  const isCommand = (path: string): boolean =>
    commands.has(path) || (folder !== undefined && path.startsWith(`${folder}/`));
  return Object.fromEntries(
    Object.entries(content).map(([path, value]) => [
      path,
      isCommand(path) ? String(value).replace(/^file/, 'executable') : value,
    ]),
  );
}

function outFolder(home: string, name: string): string {
  const out = join(home, name);
  mkdirSync(out);
  return out;
}

function environment(home: string): Readonly<Record<string, string>> {
  return { HOME: home, npm_config_update_notifier: 'false', YARN_ENABLE_TELEMETRY: '0' };
}

async function packages(out: string): Promise<ReadonlyMap<string, Packed>> {
  const contents = await Promise.all(
    readdirSync(out).map(async (name) => contentOf(join(out, name))),
  );
  return new Map(
    contents.map((content) => [
      (content['package.json'] as { readonly name: string }).name,
      content,
    ]),
  );
}

async function contentOf(tarball: string): Promise<Packed> {
  const entries = [...(await readTarball(tarball))]
    // Clients leave links out when they unpack.
    .filter(([, { header }]) => header.type === 'file')
    .map(([path, { header, text }]) => {
      const inside = path.replace(/^package\//, '');
      if (inside === 'package.json') return [inside, withoutStamp(text)] as const;
      const kind = ((header.mode ?? 0) & 0o111) === 0 ? 'file' : 'executable';
      return [inside, `${kind}: ${text}`] as const;
    });
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** What a release adds. */
const NOT_COMPARED = new Set(['gitHead']);

function withoutStamp(text: string): object {
  const manifest = JSON.parse(text.replace(/^\uFEFF/, '')) as object;
  return Object.fromEntries(Object.entries(manifest).filter(([key]) => !NOT_COMPARED.has(key)));
}
