import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startPythonIndex } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { zipMembers } from '@ameide/publisher-kit';
import { literalSource, testRelease, testStep } from '@ameide/publisher-kit/testing';
import type { Bundle, BundleFile, Publisher, Release } from '@ameide/versioning-core';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { readMetadata } from '../src/distribution/archive.ts';
import { type PypiBuilt, type PypiBundleOptions, type PypiPlan, pypi } from '../src/index.ts';
import { folder, removeScratch } from './world.ts';

const run = promisify(execFile);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const FILES: readonly BundleFile[] = [
  {
    path: 'configuration.yaml',
    content: bytes('a: 1\r\n'),
    documents: ['{"a":1}'],
    overlays: { 'many.yaml': '{"a":3}' },
  },
  { path: 'environments/ünï "code", 😀.yaml', content: bytes('- é\n'), documents: ['["é"]'] },
  { path: 'many.yaml', content: bytes('1\n---\n2\n'), documents: ['1', '2'] },
  { path: 'run.sh', content: bytes('#!/bin/sh\n'), executable: true },
  { path: '.hidden', content: bytes('x') },
  { path: '__pycache__/a.pyc', content: bytes('x') },
  { path: 'node.py', content: bytes('raise SystemExit\n') },
  { path: 'index.json', content: bytes('{"sha": "1"}\n') },
];

const bundle = (more: Partial<Bundle> = {}): Bundle => ({
  name: 'configuration',
  description: 'What services share:\n"quoted", ünï',
  directory: 'packages/configuration',
  files: async () => ({ value: FILES }),
  ...more,
});

interface Made {
  readonly publisher: Publisher<PypiPlan, PypiBuilt>;
  readonly plan: PypiPlan;
  readonly built: PypiBuilt;
}

async function made(
  options: PypiBundleOptions & { readonly name?: string } = {},
  more: Partial<Bundle> = {},
  release: Release = testRelease(),
): Promise<Made> {
  const { name = 'Ameide.Configuration', ...rest } = options;
  const opened = await pypi.bundle(name, rest).open(literalSource({}), bundle(more));
  const publisher = opened as unknown as Publisher<PypiPlan, PypiBuilt>;
  const plan = publisher.plan(release);
  const step = testStep();
  onTestFinished(() => step[Symbol.dispose]());
  const { problems, value } = await publisher.build(plan, step);
  if (value === undefined) throw new Error(problems?.[0].message);
  return { publisher, plan, built: value };
}

const bytesOf = ({ built }: Made, kind: 'wheel' | 'sdist'): Buffer =>
  readFileSync(built.files.find((file) => file.kind === kind)?.path ?? '');

describe('a bundle as a Python project', () => {
  test('is a wheel and an sdist, named and described as the specifications say', async () => {
    const { built, plan, publisher } = await made({ license: 'Apache-2.0' });
    expect(publisher.id).toBe('pypi:ameide-configuration');
    expect(built.files.map(({ name }) => name)).toEqual([
      `ameide_configuration-${plan.version}-py3-none-any.whl`,
      `ameide_configuration-${plan.version}.tar.gz`,
    ]);
    for (const { kind, path } of built.files) {
      const { fields } = await readMetadata(kind, readFileSync(path));
      expect(Object.fromEntries(fields)).toMatchObject({
        name: 'Ameide.Configuration',
        version: plan.version,
        summary: 'What services share: "quoted", ünï',
        'license-expression': 'Apache-2.0',
        'project-url': `Source Commit, ${plan.sourceCommit}`,
      });
    }
  });

  test('has the same bytes each time', async () => {
    const [one, two] = [await made(), await made()];
    expect(one.built.artifacts).toEqual(two.built.artifacts);
  });

  test('has a RECORD of every member, in CSV', async () => {
    const members = [...zipMembers(bytesOf(await made(), 'wheel'))];
    const record = members.find(({ path }) => path.endsWith('/RECORD'));
    const lines = Buffer.from((await record?.content()) ?? [])
      .toString()
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(members.length);
    expect(lines.join('\n')).toContain(
      '"ameide_configuration/files/environments/ünï ""code"", 😀.yaml",sha256=',
    );
  });

  test('is named by a module that Python can import', async () => {
    expect(() => pypi.bundle('3d-models')).toThrow(/^module: .*cannot begin with a digit/);
    const { built } = await made({ name: '3d-models', module: 'models' });
    const [first] = zipMembers(readFileSync(built.files[0]?.path ?? ''));
    expect(first?.path).toBe('models/__init__.py');
    expect(() => pypi.bundle('a', { module: 'a-b' })).toThrow(/^module: /);
    expect(() => pypi.bundle('a', { directory: 'x' } as never)).toThrow(/^directory: /);
    expect(() => pypi.bundle('a b')).toThrow(/name/);
    await expect(made({}, { description: 'x'.repeat(513) })).rejects.toThrow(/^description: /);
  });

  test('refuses what looks like a credential, unless the bundle allows its path', async () => {
    const files = [...FILES, { path: 'conf/.netrc', content: bytes('x') }];
    const secret: Partial<Bundle> = { files: async () => ({ value: files }) };
    await expect(made({}, secret)).rejects.toThrow(/\.netrc, which usually holds credentials/);
    const allow = ['packages/configuration/conf/.netrc'];
    expect((await made({}, { ...secret, allow })).built.files).toHaveLength(2);
  });
});

const ASK = `import json, sys
import ameide_configuration as c
from ameide_configuration import files, index, load, load_all, path
again = load("configuration.yaml"); again["a"] = 2
def failure(call, name):
    try: call(name)
    except Exception as error: return type(error).__name__
print(json.dumps({
    "files": files,
    "bytes": {name: path(name).read_bytes().decode("latin1") for name in files},
    "load": [load("configuration.yaml"), load(files[1])],
    "load_all": load_all("many.yaml"),
    "merged": load("configuration.yaml", "many.yaml"),
    "index": index,
    "failures": [failure(load, "many.yaml"), failure(load, "run.sh"), failure(path, "../__init__.py"), failure(lambda name: load(name, "run.sh"), "configuration.yaml")],
}))`;

const TOLD = {
  files: FILES.map(({ path }) => path),
  bytes: Object.fromEntries(
    FILES.map(({ content, path }) => [path, Buffer.from(content).toString('latin1')]),
  ),
  load: [{ a: 1 }, ['é']],
  load_all: [1, 2],
  merged: { a: 3 },
  index: { sha: '1' },
  failures: ['ValueError', 'KeyError', 'KeyError', 'KeyError'],
};

needs(
  'python',
  'pip',
  'uv',
  'twine',
)('a bundle, to real clients', () => {
  afterAll(removeScratch);
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:PIP|UV)_/.test(name)),
  );
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--no-cache-dir', '--pre'];
  const uv = ['pip', 'install', '--quiet', '--no-config', '--no-deps', '--prerelease', 'allow'];

  async function told(target: string): Promise<unknown> {
    const asked = await run('python3', ['-c', ASK], { env: { ...env, PYTHONPATH: target } });
    return JSON.parse(asked.stdout);
  }

  test('twine finds nothing wrong with it', async () => {
    const { built } = await made({ license: 'Apache-2.0' });
    const argv = ['-m', 'twine', 'check', '--strict', ...built.files.map(({ path }) => path)];
    const { stdout } = await run('python3', argv, { env });
    expect(stdout.match(/PASSED/g)).toHaveLength(2);
  });

  test.each([
    ['pip', false],
    ['pip', true],
    ['uv', false],
  ] as const)(
    '%s installs it; local versions: %s',
    async (client, localVersions) => {
      const index = await startPythonIndex({ localVersions });
      onTestFinished(async () => index.stop());
      const { simpleUrl, token, uploadUrl } = index;
      const { built, plan, publisher } = await made({ simpleUrl, uploadUrl, token, localVersions });
      using step = testStep();
      expect(await publisher.publish(plan, built, step)).toMatchObject([{ outcome: 'published' }]);
      expect(await publisher.inspect({ plan }, step)).toMatchObject([{ state: 'same-source' }]);
      expect(await publisher.inspect({ plan, built }, step)).toMatchObject([
        { state: 'identical' },
      ]);
      const target = folder();
      const where = ['--index-url', simpleUrl, '--target', target, 'ameide-configuration'];
      if (client === 'pip')
        await run('python3', [...pip, ...where], { env: { ...env, PIP_CONFIG_FILE: '/dev/null' } });
      else await run('uv', [...uv, ...where], { env });
      expect(await told(target)).toEqual(TOLD);
    },
    60_000,
  );

  test('its sdist builds to the same module, without our tools', async () => {
    // flit leaves out compiled Python, and writes a RECORD that a name with a comma or quotes breaks.
    const plain = FILES.filter(({ path }) => !/[",]|__pycache__/.test(path));
    const { built } = await made({}, { files: async () => ({ value: plain }) });
    const [target, output] = [folder(), folder()];
    const sdist = built.files.find(({ kind }) => kind === 'sdist')?.path ?? '';
    await run('uv', ['build', '--wheel', '--out-dir', output, sdist], { env });
    const [wheel = ''] = built.files.map(({ name }) => name);
    await run('uv', [...uv, '--target', target, join(output, wheel)], { env });
    for (const { content, path } of plain)
      expect(readFileSync(join(target, 'ameide_configuration/files', path))).toEqual(
        Buffer.from(content),
      );
    const ask = 'from ameide_configuration import *; print(len(files), load_all("many.yaml"))';
    const asked = await run('python3', ['-c', ask], { env: { ...env, PYTHONPATH: target } });
    expect(asked.stdout).toBe(`${plain.length} [1, 2]\n`);
  }, 60_000);
});
