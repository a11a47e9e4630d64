import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { createProcesses, gzip, type Processes, packTar } from '@ameide/publisher-kit';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readMetadata } from '../src/distribution/archive.ts';
import { fileDigests } from '../src/distribution/digests.ts';
import { metadataValue } from '../src/distribution/metadata.ts';
import type { PypiBuilt } from '../src/index.ts';
import {
  build,
  COMMIT_TIME,
  commit,
  type Opened,
  open,
  PROJECT,
  PYPROJECT,
  removeScratch,
  sdistMembers,
  stubBuilder,
} from './world.ts';

afterAll(removeScratch);

const SETUPTOOLS = PYPROJECT.replace('hatchling==1.28.0', 'setuptools==80.9.0').replace(
  'hatchling.build',
  'setuptools.build_meta',
);
const digests = (built: PypiBuilt): Record<string, string> =>
  Object.fromEntries(built.artifacts.map(({ name, digest }) => [name, digest]));

/** The real programs, without one of them. */
function without(missing: (argv: readonly string[]) => boolean): Processes {
  const real = createProcesses();
  return {
    which: (program) => real.which(program),
    run: (command) =>
      real.run(missing(command.argv) ? { ...command, argv: ['no-such-program'] } : command),
  };
}

needs(
  'git',
  'uv',
  'python-build',
)('building with uv and hatchling', () => {
  let opened: Opened;
  let built: PypiBuilt;

  beforeAll(async () => {
    opened = await open(commit(PROJECT), {
      buildEnvironment: {},
      ports: { env: { PYPI_TOKEN: 'pypi-planted-token' } },
    });
    built = await build(opened);
  });

  test('makes one wheel and one sdist, with standard names', () => {
    expect(built.files.map(({ name, kind }) => [name, kind])).toEqual([
      ['ameide_sdk-0.1.0.dev20251113153211-py3-none-any.whl', 'wheel'],
      ['ameide_sdk-0.1.0.dev20251113153211.tar.gz', 'sdist'],
    ]);
    expect(
      built.artifacts.every(({ size, digest }) => size > 0 && /^sha256:[0-9a-f]{64}$/.test(digest)),
    ).toBe(true);
    expect(JSON.parse(JSON.stringify(built))).toEqual(built);
  });

  test.each(['wheel', 'sdist'] as const)(
    'the %s names the version and the commit',
    async (kind) => {
      const file = built.files.find((one) => one.kind === kind);
      const metadata = await readMetadata(kind, readFileSync(file?.path ?? ''));
      expect(metadataValue(metadata, 'name')).toBe('Ameide_SDK');
      expect(metadataValue(metadata, 'version')).toBe('0.1.0.dev20251113153211');
      expect(metadata.fields).toContainEqual([
        'project-url',
        `Source Commit, https://github.com/ameideio/ameide/commit/${opened.sha}`,
      ]);
      expect(metadata.fields).toContainEqual(['project-url', 'Home, https://example.org']);
      expect(metadata.body).toContain('# Ameide SDK');
    },
  );

  test("the author's comments are in the sdist", async () => {
    const sdist = await sdistMembers(built.files[1]?.path ?? '');
    const pyproject = sdist.find(({ path }) => path.endsWith('/pyproject.toml'));
    expect(strFromU8(pyproject?.content ?? new Uint8Array())).toContain(
      "version = '0.1.0.dev20251113153211'    # stamped by the release",
    );
  });

  test('digests are what Python computes', () => {
    const path = built.files[0]?.path ?? '';
    const code =
      'import hashlib, sys\nb = open(sys.argv[1], "rb").read()\nprint(hashlib.sha256(b).hexdigest(), hashlib.blake2b(b, digest_size=32).hexdigest(), end="")';
    const { sha256, blake2b256 } = fileDigests(readFileSync(path));
    expect(execFileSync('python3', ['-c', code, path], { encoding: 'utf8' })).toBe(
      `${sha256} ${blake2b256}`,
    );
  });

  test('`python -m build` makes the same bytes from the same commit', async () => {
    const noUv = without((argv) => argv[0] === 'uv' || argv[2] === 'uv');
    const again = await build(await open(commit(PROJECT), { ports: { processes: noUv, env: {} } }));
    expect(digests(again)).toEqual(digests(built));
  });
});

needs('git', 'python-build')('a project with modules of the names of build tools', () => {
  test('is built with the installed ones, and its own are not run', async () => {
    const own = 'raise SystemExit("the project’s own was run")\n';
    const processes = without((argv) => argv[0] === 'uv' || argv[2] === 'uv');
    const opened = await open(commit({ ...PROJECT, 'sdk/build.py': own, 'sdk/uv.py': own }), {
      ports: { processes, env: {} },
    });
    expect(await opened.publisher.check(opened.plan, opened.step())).not.toContainEqual(
      expect.objectContaining({ code: 'pypi-no-build-tool' }),
    );
    expect((await build(opened)).files).toHaveLength(2);
  });
});

needs('git', 'uv')('building with setuptools', () => {
  test('gives the same bytes twice, which its own sdists are not', async () => {
    const opened = await open(commit({ ...PROJECT, 'sdk/pyproject.toml': SETUPTOOLS }), {});
    const [first, second] = [await build(opened), await build(opened)];
    expect(digests(second)).toEqual(digests(first));
    const members = await sdistMembers(first.files[1]?.path ?? '');
    expect(members.map(({ path }) => path)).toContain(
      'ameide_sdk-0.1.0.dev20251113153211/PKG-INFO',
    );
    for (const { header } of members) {
      expect(header.mtime.getTime() / 1000).toBe(COMMIT_TIME);
      expect([0o644, 0o755]).toContain(header.mode);
    }
  });

  test.each<[string, (pyproject: string) => void, string]>([
    ['removed', (path) => rmSync(path), 'a file, as in the commit'],
    ['damaged', (path) => writeFileSync(path, '[project]\n[project]\n'), 'TOML'],
    ['made a folder', (path) => (rmSync(path), mkdirSync(path)), 'a file, as in the commit'],
  ])('a pyproject.toml that prepare %s is no fault of the program', async (_, change, expected) => {
    const opened = await open(commit(PROJECT), {});
    const step = opened.step();
    change(join(step.checkout, 'sdk/pyproject.toml'));
    expect(await opened.publisher.build(opened.plan, step)).toMatchObject({
      problems: [
        {
          code: 'pypi-invalid-pyproject',
          kind: 'incomplete',
          message: expect.stringMatching(new RegExp(`pypi:.*pyproject.toml.*${expected}`)),
        },
      ],
    });
  });

  test('a failing build is a problem with the tool’s own words', async () => {
    const broken = PYPROJECT.replace('hatchling.build', 'hatchling.no_such_backend');
    const opened = await open(commit({ ...PROJECT, 'sdk/pyproject.toml': broken }), {});
    const result = await opened.publisher.build(opened.plan, opened.step());
    expect(result).toMatchObject({
      problems: [
        {
          code: 'pypi-build-failed',
          kind: 'incomplete',
          effect: 'none',
          rerun: 'after-fix',
          message: expect.stringContaining('no_such_backend'),
        },
      ],
    });
  });
});

needs('git')('what a build is given and what it may give back', () => {
  /** Runs a build whose front end does as the test says. */
  async function buildWith(processes: Processes, options: Record<string, unknown> = {}) {
    const opened = await open(commit(PROJECT), {
      ports: { processes, env: { PYPI_TOKEN: 'pypi-planted-token' } },
      ...options,
    });
    return opened.publisher.build(opened.plan, opened.step());
  }

  /** The stub, with a change to its output folder afterwards. */
  function spoilt(change: (output: string) => void | Promise<void>): Processes {
    const stub = stubBuilder();
    return {
      which: (program) => stub.which(program),
      async run(command) {
        const result = await stub.run(command);
        if (command.argv[1] === 'build') await change(command.argv.at(-2) ?? '');
        return result;
      },
    };
  }

  test('no token, but the commit’s time', async () => {
    const environments: unknown[] = [];
    const stub = stubBuilder();
    await buildWith({
      which: (program) => stub.which(program),
      run(command) {
        environments.push(command.env ?? {});
        return stub.run(command);
      },
    });
    expect(environments).toContainEqual(
      expect.objectContaining({ SOURCE_DATE_EPOCH: String(COMMIT_TIME), PYTHONHASHSEED: '0' }),
    );
    expect(JSON.stringify(environments)).not.toContain('planted');
  });

  const WHEEL = 'ameide_sdk-0.1.0.dev20251113153211-py3-none-any.whl';
  const SDIST = 'ameide_sdk-0.1.0.dev20251113153211.tar.gz';

  test.each<[string, RegExp, (output: string) => void | Promise<void>]>([
    [
      'a second sdist',
      /made ameide_sdk-0.1.0.dev20251113153211.zip/,
      (output) => writeFileSync(join(output, SDIST.replace('.tar.gz', '.zip')), ''),
    ],
    [
      'another name',
      /made Ameide_SDK-0.1.0-py3-none-any.whl/,
      (output) => writeFileSync(join(output, 'Ameide_SDK-0.1.0-py3-none-any.whl'), ''),
    ],
    ['something else', /made notes.txt/, (output) => writeFileSync(join(output, 'notes.txt'), '')],
    [
      'a damaged wheel',
      /cannot be read: it is no readable zip/,
      (output) => writeFileSync(join(output, WHEEL), 'PK'),
    ],
    [
      'a damaged sdist',
      /cannot be read: it is no readable gzip/,
      (output) => writeFileSync(join(output, SDIST), 'PK'),
    ],
    [
      'an sdist without PKG-INFO',
      /holds no <name>-<version>\/PKG-INFO/,
      async (output) => writeFileSync(join(output, SDIST), await gzip(new Uint8Array(1024))),
    ],
  ])('%s is refused', async (_title, message, change) => {
    expect(await buildWith(spoilt(change))).toMatchObject({
      problems: [
        {
          code: 'pypi-build-output',
          message: expect.stringMatching(message),
          effect: 'none',
        },
      ],
    });
  });

  const pem = (label: string): string => `-----BEGIN ${label}-----\nMII=\n-----END ${label}-----\n`;

  async function addToSdist(output: string, path: string, content: string): Promise<void> {
    const file = join(output, SDIST);
    const members = (await sdistMembers(file)).map((member) => ({
      path: member.path,
      content: member.content,
    }));
    const added = { path: `${SDIST.replace('.tar.gz', '')}/${path}`, content: strToU8(content) };
    writeFileSync(file, await gzip(await packTar([...members, added])));
  }

  function addToWheel(output: string, path: string, content: string): void {
    const file = join(output, WHEEL);
    writeFileSync(file, zipSync({ ...unzipSync(readFileSync(file)), [path]: strToU8(content) }));
  }

  test.each([
    ['sdist', '.env', '', addToSdist],
    ['sdist', 'tests/server.pem', pem('RSA PRIVATE KEY'), addToSdist],
    ['wheel', 'ameide_sdk/.npmrc', '', addToWheel],
    ['wheel', 'ameide_sdk/tls.KEY', pem('EC PRIVATE KEY'), addToWheel],
  ])(
    'a secret in the %s, %s, is refused before anything is published',
    async (_kind, path, content, add) => {
      const result = await buildWith(spoilt((output) => add(output, path, content)));
      expect(result).toMatchObject({
        problems: [
          {
            code: 'built-secret-file',
            kind: 'incomplete',
            message: expect.stringMatching(/^The built artifact of pypi:ameide-sdk contains /),
            path: expect.stringContaining(path),
          },
        ],
      });
    },
  );

  test.each([
    ['sdist', 'src/ameide_sdk/.npmrc', 'sdk/src/ameide_sdk/.npmrc', addToSdist],
    ['sdist', 'src/ameide_sdk/.npmrc', 'src/ameide_sdk/.npmrc', addToSdist],
    ['wheel', 'ameide_sdk/.npmrc', 'sdk/src/ameide_sdk/.npmrc', addToWheel],
    ['wheel', 'ameide_sdk/.npmrc', 'ameide_sdk/.npmrc', addToWheel],
    ['wheel', '.npmrc', '.npmrc', addToWheel],
  ])('%s: a file that allow names is published: %s', async (_kind, path, allowed, add) => {
    const processes = spoilt((output) => add(output, path, ''));
    expect(await buildWith(processes, { allow: [allowed] })).toHaveProperty('value');
  });

  test.each([
    ['sdist', '.npmrc', 'sdk/tests/.npmrc', addToSdist],
    ['wheel', '.npmrc', 'sdk/.npmrc', addToWheel],
    ['wheel', 'other/.npmrc', 'sdk/src/ameide_sdk/.npmrc', addToWheel],
  ])('%s: another file of that name is not: %s', async (_kind, path, allowed, add) => {
    const processes = spoilt((output) => add(output, path, ''));
    expect(await buildWith(processes, { allow: [allowed] })).toMatchObject({
      problems: [{ code: 'built-secret-file' }],
    });
  });

  test('all that is wrong is told at once', async () => {
    const processes = spoilt(async (output) => {
      await addToSdist(output, '.env', '');
      addToWheel(output, 'ameide_sdk/.npmrc', '');
      addToWheel(
        output,
        `${WHEEL.replace('-py3-none-any.whl', '')}.dist-info/METADATA`,
        'Metadata-Version: 2.4\nName: ameide-sdk\nVersion: 0.0.0\nRequires-Dist: models @ file:///models\n',
      );
      writeFileSync(join(output, 'notes.txt'), '');
    });
    const { problems = [] } = await buildWith(processes);
    const wheel = `The built ${WHEEL} of pypi:ameide-sdk`;
    expect(problems.map(({ code, message }) => `${code}: ${message}`)).toEqual(
      [
        'built-secret-file: The built artifact of pypi:ameide-sdk contains ameide_sdk/.npmrc,',
        `pypi-direct-reference: ${wheel} requires models from a folder of the machine`,
        `pypi-build-output: ${wheel} contains version 0.0.0,`,
        `pypi-build-output: ${wheel} does not name its commit:`,
        'built-secret-file: The built artifact of pypi:ameide-sdk contains sdk/.env,',
        'pypi-build-output: The build of pypi:ameide-sdk made notes.txt,',
      ].map((start) => expect.stringContaining(start)),
    );
  });

  test.each([addToSdist, addToWheel])('a public certificate is none', async (add) => {
    expect(
      await buildWith(spoilt((output) => add(output, 'ameide_sdk/ca.pem', pem('CERTIFICATE')))),
    ).toHaveProperty('value');
  });

  test('a byte order mark in pyproject.toml does not reach the backend', async () => {
    let stamped: Buffer | undefined;
    const stub = stubBuilder();
    const opened = await open(commit({ ...PROJECT, 'sdk/pyproject.toml': `\uFEFF${PYPROJECT}` }), {
      ports: {
        env: {},
        processes: {
          which: (program) => stub.which(program),
          run(command) {
            if (command.argv[1] === 'build')
              stamped = readFileSync(join(command.argv.at(-1) ?? '', 'pyproject.toml'));
            return stub.run(command);
          },
        },
      },
    });
    await build(opened);
    expect(stamped?.subarray(0, 14).toString()).toBe('[build-system]');
  });
});

describe('digests', () => {
  test('the empty BLAKE2b-256 is the published one', () => {
    expect(fileDigests(new Uint8Array()).blake2b256).toBe(
      '0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8',
    );
    expect(fileDigests(new Uint8Array()).sha256).toBe(createHash('sha256').digest('hex'));
  });
});
