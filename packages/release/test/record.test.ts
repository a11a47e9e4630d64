import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Coordinate,
  failed,
  ok,
  type Plan,
  type Published,
  type Publisher,
  parseCoordinate,
} from '@ameide/versioning-core';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { recordText } from '../src/record/make-record.ts';
import { calls, createFakeWorld, type FakeWorld, fake } from './fake-publisher.ts';
import { createGitWorld, type GitWorld, VERSION_FILE } from './support/git-world.ts';
import { problem, promote, publish } from './support/run.ts';
import { schemaErrors } from './support/schema.ts';

let git: GitWorld;
let world: FakeWorld;
/** What `attach` was given, as text. */
let attached: string[];

beforeEach(() => {
  git = createGitWorld();
  world = createFakeWorld();
  attached = [];
});

/** A fake whose registry can list, and that keeps files. */
function listing(name: string, changes: (real: Publisher) => Partial<Publisher> = () => ({})) {
  return fake(world, name, {
    pointers: ['latest'],
    override: (real) => ({
      versions: async () =>
        ok({
          versions: [...world.artifacts.keys()]
            .map((text): Coordinate => parseCoordinate(text))
            .filter((coordinate) => coordinate.name === name)
            .map((coordinate) => ({ coordinate })),
          pointers: [],
        }),
      attach: async (_plan, files) => {
        world.log.push(`attach npm:${name}`);
        attached.push(...files.map(({ content }) => Buffer.from(content).toString()));
        return [];
      },
      ...changes(real),
    }),
  });
}

/** A registry that refuses every upload. */
const refusing = (): Partial<Publisher> => ({ publish: async (plan) => refused(plan) });

function refused({ coordinates }: Plan): readonly Published[] {
  return coordinates.map((coordinate) => ({
    coordinate,
    outcome: 'incomplete',
    problem: problem('incomplete'),
  }));
}

/** Commits a version and its tag. */
function release(version: string): string {
  git.write(VERSION_FILE, `{ "name": "@example/sdk", "version": "${version}" }\n`);
  const sha = git.commit(`version ${version}`);
  git.git('tag', `v${version}`);
  return sha;
}

describe('the record of a release', () => {
  test('names the commit, every artifact with its digest, and the names that move', async () => {
    const sha = release('0.1.1');
    const { record, status } = await publish([listing('a'), listing('b')], { git, record: true });
    expect(status).toBe('converged');
    expect(record).toEqual({
      schema: 'ameide-release/record/1',
      release: {
        channel: 'release',
        tag: 'v0.1.1',
        base: '0.1.1',
        target: '0.1.1',
        sha,
        datetime: '20251113153211',
      },
      artifacts: ['a', 'b'].map((name) => ({
        publisher: `npm:${name}`,
        ecosystem: 'npm',
        name,
        registry: 'memory://registry',
        coordinate: `npm:${name}@0.1.1`,
        version: '0.1.1',
        digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      })),
      pointers: ['a', 'b'].map((name) => ({
        publisher: `npm:${name}`,
        pointer: 'latest',
        version: '0.1.1',
      })),
      current: [],
    });
    expect(schemaErrors('record-1', record)).toEqual([]);
  });

  test('is the same in every run of the commit', async () => {
    release('0.1.1');
    const first = await publish([listing('a')], { git, record: true });
    const second = await publish([listing('a')], { git, record: true });
    expect(second.artifacts.map(({ outcome }) => outcome)).toEqual([undefined]);
    expect(second.record).toEqual(first.record);
    expect(attached).toEqual([0, 1].map(() => first.record && recordText(first.record)));
  });

  test('is kept before any name moves, and a publisher that cannot keep it stops the names', async () => {
    release('0.1.1');
    await publish([listing('a'), listing('b')], { git });
    expect(calls(world, 'attach', 'promote').map((line) => line.split(' ')[0])).toEqual([
      'attach',
      'attach',
      'promote',
      'promote',
    ]);
    release('0.1.2');
    const broken = listing('b', () => ({
      attach: async (_plan, files) =>
        files.map(({ name }) => ({ name, outcome: 'blocked', problem: problem('incomplete') })),
    }));
    const report = await publish([listing('a'), broken], { git, record: true });
    expect(report).toMatchObject({ exitCode: 3, problems: [{ code: 'test-incomplete' }] });
    expect(report.record).toBeUndefined();
    expect(world.pointers.get('a latest')).toBe('0.1.1');
  });

  test('a file that people have already stays, and is no problem', async () => {
    release('0.1.1');
    const published = listing('a', () => ({
      attach: async (_plan, files) => files.map(({ name }) => ({ name, outcome: 'kept' })),
    }));
    const report = await publish([published], { git });
    expect(report).toMatchObject({ status: 'converged', problems: [] });
    expect(world.pointers.get('a latest')).toBe('0.1.1');
  });

  test('no registry is asked if no record is needed', async () => {
    const plain = fake(world, 'a');
    const other = listing('b', () => ({
      attach: undefined as never,
      versions: async () => {
        throw new Error('nobody asked');
      },
    }));
    const report = await publish([plain, other], { git, only: ['npm:a'] });
    expect(report).toMatchObject({ status: 'converged' });
    expect(report.record).toBeUndefined();
  });

  test('a release that is not complete has none', async () => {
    release('0.1.1');
    const broken = listing('b', refusing);
    const report = await publish([listing('a'), broken], { git, record: true });
    expect(report.exitCode).toBe(3);
    expect(report.record).toBeUndefined();
    expect(attached).toEqual([]);
  });
});

describe('after a fix of one artifact alone', () => {
  test('the record says which version of every other one is current', async () => {
    release('0.1.1');
    await publish([listing('a'), listing('b')], { git });
    release('0.1.2');
    const report = await publish([listing('a'), listing('b')], {
      git,
      only: ['npm:a'],
      record: true,
    });
    expect(report.record).toMatchObject({
      artifacts: [{ publisher: 'npm:a', version: '0.1.2' }],
      current: [{ publisher: 'npm:b', ecosystem: 'npm', name: 'b', version: '0.1.1' }],
    });
    expect(schemaErrors('record-1', report.record)).toEqual([]);
  });

  test('of an older line: what is current in that line, not the newest of all', async () => {
    release('0.1.1');
    await publish([listing('a'), listing('b')], { git });
    git.git('branch', 'line');
    release('0.2.0');
    await publish([listing('a'), listing('b')], { git });
    git.git('checkout', '--quiet', 'line');
    release('0.1.2');
    const { record } = await publish([listing('a'), listing('b')], {
      git,
      only: ['npm:a'],
      record: true,
    });
    expect(record?.current).toMatchObject([{ publisher: 'npm:b', version: '0.1.1' }]);
  });

  test('one that was never published has no version', async () => {
    release('0.1.1');
    const { record } = await publish([listing('a'), listing('b')], {
      git,
      only: ['npm:a'],
      record: true,
    });
    expect(record?.current).toEqual([
      { publisher: 'npm:b', ecosystem: 'npm', name: 'b', registry: 'memory://registry' },
    ]);
  });

  test('what an earlier run published from this commit is part of the release', async () => {
    release('0.1.1');
    const whole = await publish([listing('a'), listing('b')], { git, record: true });
    const part = await publish([listing('a'), listing('b')], {
      git,
      only: ['npm:a'],
      record: true,
    });
    expect(part.record?.artifacts).toHaveLength(2);
    expect(part.record).toEqual(whole.record);
  });

  test('of a dev build: what the moving name of the others names', async () => {
    const dev = (name: string) =>
      fake(world, name, {
        override: () => ({ versions: async () => ok({ versions: [], pointers: [] }) }),
      });
    await publish([dev('a'), dev('b')], { git });
    git.write('one', 'more');
    git.commit('one more', '2025-11-14T09:05:00+00:00');
    const { record } = await publish([dev('a'), dev('b')], { git, only: ['npm:a'], record: true });
    expect(record?.current).toMatchObject([
      { publisher: 'npm:b', version: '0.1.0-dev.20251113153211' },
    ]);
  });

  test('a registry that does not list the others stops the names: the record would be wrong', async () => {
    release('0.1.1');
    const silent = listing('b', () => ({ versions: async () => failed(problem('unknown')) }));
    const report = await publish([listing('a'), silent], {
      git,
      only: ['npm:a'],
      record: true,
    });
    expect(report).toMatchObject({ exitCode: 5, problems: [{ code: 'test-unknown' }] });
    expect(report.record).toBeUndefined();
    expect([...world.pointers]).toEqual([]);
  });
});

describe('a release in parts', () => {
  test('gets its record from promote, which has seen all of it', async () => {
    release('0.1.1');
    const publishers = [listing('a'), listing('b')];
    for (const id of ['npm:a', 'npm:b']) {
      const part = await publish(publishers, { git, only: [id], holdPointers: true, record: true });
      expect(part).toMatchObject({ status: 'converged' });
      expect(part.record).toBeUndefined();
    }
    expect(attached).toEqual([]);
    const { record } = await promote(publishers, { git, record: true });
    expect(record?.artifacts).toHaveLength(2);
    expect(attached).toHaveLength(2);
  });
});

describe('--record FILE', () => {
  let refuses: boolean;
  let during: (() => Promise<void>) | undefined;

  async function folder(): Promise<string> {
    const made = await mkdtemp(join(tmpdir(), 'record-'));
    onTestFinished(async () => rm(made, { recursive: true, force: true }));
    return made;
  }

  /** The command line, with a definition whose publisher is a fake. */
  async function run(...argv: string[]) {
    const { runCli } = await import('./support/cli.ts');
    return runCli(['-C', git.directory, ...argv]);
  }

  beforeEach(() => {
    refuses = false;
    during = undefined;
    const sometimes = listing('a', (real) => ({
      publish: async (...args) => {
        await during?.();
        return refuses ? refused(args[0]) : real.publish(...args);
      },
    }));
    Object.assign(globalThis, { recordTest: { publishers: [sometimes] } });
    git.write(
      'release.config.ts',
      `export default { versionFile: '${VERSION_FILE}', publishers: globalThis.recordTest.publishers };\n`,
    );
    git.commit('a definition');
  });

  test('is written with a complete release, and replaced by the next one', async () => {
    const file = join(await folder(), 'record.json');
    for (const version of ['0.1.1', '0.1.2']) {
      release(version);
      const { code, stdout } = await run('publish', '--record', file);
      expect(code, stdout).toBe(0);
      expect(stdout).toContain(`note: The release record was written to ${file}.`);
      const record = JSON.parse(await readFile(file, 'utf8'));
      expect(record.release.tag).toBe(`v${version}`);
      expect(schemaErrors('record-1', record)).toEqual([]);
    }
  });

  test('a release that is not complete leaves the file as it was, and says so', async () => {
    const file = join(await folder(), 'record.json');
    release('0.1.1');
    await run('publish', '--record', file);
    const before = await readFile(file, 'utf8');
    refuses = true;
    release('0.1.2');
    const { code, stdout } = await run('publish', '--record', file);
    expect(code).toBe(3);
    expect(stdout).toContain(
      `No release record was written to ${file}: the release is not complete.`,
    );
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  test('no other file is written, whatever is beside it', async () => {
    const at = await folder();
    const [file, foreign] = [join(at, 'record.json'), join(at, 'foreign.txt')];
    release('0.1.1');
    await writeFile(foreign, 'do not lose me');
    await symlink(foreign, `${file}.partial`);
    expect((await run('publish', '--record', file)).code).toBe(0);
    expect(await readFile(foreign, 'utf8')).toBe('do not lose me');
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ artifacts: [{}] });
    expect((await readdir(at)).toSorted()).toEqual([
      'foreign.txt',
      'record.json',
      'record.json.partial',
    ]);
  });

  test.each([
    ['in the repository', async () => join(git.directory, 'record.json'), 'outside the repository'],
    [
      'in a folder that is not there',
      async () => join(await folder(), 'none/r.json'),
      'folder that',
    ],
    [
      'that is a folder',
      async () => {
        const made = join(await folder(), 'record.json');
        await mkdir(made);
        return made;
      },
      'it does not overwrite other files',
    ],
    [
      'that another program wrote',
      async () => {
        const made = join(await folder(), 'record.json');
        await writeFile(made, '{}');
        return made;
      },
      'it does not overwrite other files',
    ],
  ])('a file %s is refused before anything is sent', async (_what, make, expected) => {
    const { code, stderr } = await run('publish', '--record', await make());
    expect(code).toBe(2);
    expect(stderr).toContain('output-file');
    expect(stderr).toContain(expected);
    expect(calls(world, 'check', 'publish')).toEqual([]);
  });

  test('a file that cannot be written in the end is a problem beside the whole report', async () => {
    const file = join(await folder(), 'record.json');
    release('0.1.1');
    // Somebody makes a folder of that name while the release is published.
    during = async () => void (await mkdir(join(file, 'taken'), { recursive: true }));
    const { code, stdout } = await run('publish', '--record', file);
    expect(code).toBe(3);
    expect(stdout).toContain('output-not-written');
    expect(stdout).toContain('npm:a');
    expect(world.pointers.get('a latest')).toBe('0.1.1');
    await rm(file, { recursive: true });
    during = undefined;
    expect((await run('publish', '--record', file)).code).toBe(0);
  });

  test.each(['--dry-run', '--hold-pointers'])('%s makes no record', async (flag) => {
    const { code, stderr } = await run('publish', flag, '--record', join(await folder(), 'r.json'));
    expect(code).toBe(2);
    expect(stderr).toContain('a run that completes the release');
  });
});
