// Bundles each published package for Node: one file for each entry point, and shared chunks, in
// `bundle/`. A command then loads a few files instead of hundreds. Our other packages and the installed
// dependencies stay imports, so that a process has each of them once: `instanceof` and the state of a
// module depend on that.
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type OutputChunk, type Plugin, rolldown } from 'rolldown';

const root = join(import.meta.dirname, '..');

interface Manifest {
  readonly private?: boolean;
  readonly exports: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/**
 * Chunks, by name. The modules that match, with everything that they import, become one file: what every
 * command loads, and what `version` does. Each further file costs a process about a millisecond.
 */
const CHUNKS: Readonly<Record<string, RegExp>> = {
  errors: /versioning-core\/src\/errors/,
  core: /versioning-core\/src\//,
  secrets: /publisher-kit\/src\/secret\/redactor/,
  repository: /publisher-kit\/src\/git\/index/,
  start: /release\/src\/cli\/program/,
  version: /release\/src\/cli\/commands\/version/,
};

const BUILTIN =
  /^import (?:([\w$]+)(?:, )?|\* as ([\w$]+))?(?:\{ ([^}]+) \})? from "(node:[^"]+)";$/gm;

/**
 * Gets Node's own modules as `require` would. An `import` reads all exports of such a module: for
 * `node:process` that opens the standard streams, for `node:crypto` it loads the Web Crypto API.
 */
const requireBuiltins: Plugin = {
  name: 'require-builtins',
  renderChunk: (code) => ({
    // Each line keeps its number, so the source map stays right.
    map: null,
    code: code.replaceAll(
      BUILTIN,
      (_, whole?: string, all?: string, names?: string, module?: string) => {
        const taken = `globalThis.process.getBuiltinModule("${module}")`;
        const parts = [whole ?? all, names && `{ ${names.replaceAll(' as ', ': ')} }`];
        return `const ${parts
          .filter(Boolean)
          .map((part) => `${part} = ${taken}`)
          .join(', ')};`;
      },
    ),
  }),
};

/** What commander gets as `node:child_process`, which it needs only for programs with a file for each command. */
const LAZY_CHILD_PROCESS = `export default {
  get spawn() { return process.getBuiltinModule('node:child_process').spawn; },
};`;

const lazyChildProcess: Plugin = {
  name: 'lazy-child-process',
  resolveId: (id, importer) =>
    id === 'node:child_process' && importer?.includes('/node_modules/commander/') === true
      ? '\0lazy-child-process'
      : undefined,
  load: (id) => (id === '\0lazy-child-process' ? LAZY_CHILD_PROCESS : undefined),
};

const names = process.argv.slice(2);
const folders = names.length > 0 ? names : await readdir(join(root, 'packages'));
await Promise.all(folders.map((name) => bundlePackage(join(root, 'packages', name))));

async function bundlePackage(folder: string): Promise<void> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
  if (manifest.private === true) return;
  const bundle = await rolldown({
    cwd: folder,
    input: await entries(folder, manifest),
    platform: 'node',
    // What users install stays an import; everything else that is imported becomes part of the bundle.
    external: (id) => installed(manifest).some((name) => id === name || id.startsWith(`${name}/`)),
    logLevel: 'warn',
    plugins: [lazyChildProcess, requireBuiltins],
    experimental: { attachDebugInfo: 'none' },
  });
  const directory = join(folder, 'bundle');
  await rm(directory, { recursive: true, force: true });
  const { output } = await bundle.write({
    dir: directory,
    format: 'esm',
    chunkFileNames: '[name]-[hash].js',
    comments: { legal: true, annotation: true, jsdoc: false },
    codeSplitting: {
      // The first chunk whose pattern matches gets a module: it has the highest priority.
      groups: Object.entries(CHUNKS)
        .toReversed()
        .map(([name, test], index) => ({ name, test, priority: index + 1 })),
    },
    sourcemap: true,
    sourcemapExcludeSources: true,
  });
  await bundle.close();
  const chunks = output.filter((one): one is OutputChunk => one.type === 'chunk');
  const licenses = await licensesOf(chunks.flatMap(({ moduleIds }) => moduleIds));
  if (licenses !== '') await writeFile(join(directory, 'THIRD-PARTY-LICENSES'), licenses);
}

function installed({ dependencies = {}, peerDependencies = {} }: Manifest): readonly string[] {
  return [...Object.keys(dependencies), ...Object.keys(peerDependencies)];
}

/** Returns the entry points: the exports by name (`.` is `index`), the programs, and the files that run as worker threads. */
async function entries(folder: string, manifest: Manifest): Promise<Record<string, string>> {
  const named = Object.entries(manifest.exports)
    .filter(([, file]) => file.endsWith('.ts'))
    .map(([name, file]) => [name === '.' ? 'index' : name.slice(2), file] as const);
  const programs = Object.values(manifest.bin ?? {}).map((file) => [basename(file, '.ts'), file]);
  const sources = await readdir(join(folder, 'src'), { recursive: true });
  const threads = sources
    .filter((file) => file.endsWith('-worker.ts'))
    .map((file) => [basename(file, '.ts'), `src/${file}`]);
  return Object.fromEntries(
    [...named, ...programs, ...threads].map(([name, file]) => [name, join(folder, file ?? '')]),
  );
}

/** Returns the licences of the packages that these modules come from, one after the other. */
async function licensesOf(modules: readonly string[]): Promise<string> {
  const folders = new Set(
    modules.filter((id) => id.includes('/node_modules/')).map((id) => packageFolder(dirname(id))),
  );
  const texts = [...folders].map(async (folder) => {
    const { name, version, license } = JSON.parse(
      await readFile(join(folder, 'package.json'), 'utf8'),
    );
    const file = (await readdir(folder)).find((one) => /^licen[cs]e(?:\.|$)/i.test(one));
    if (file === undefined) throw new Error(`${name} has no licence file`);
    const text = await readFile(join(folder, file), 'utf8');
    return `${name} ${version} (${license})\n\n${text.trimEnd()}\n`;
  });
  return (await Promise.all(texts)).sort().join(`\n${'-'.repeat(78)}\n\n`);
}

function packageFolder(folder: string): string {
  return existsSync(join(folder, 'package.json')) &&
    /node_modules\/(?:@[^/]+\/)?[^/]+$/.test(folder)
    ? folder
    : packageFolder(dirname(folder));
}
