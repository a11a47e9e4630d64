import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { needs } from '@ameide/local-registries/components';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type AmeideRepository,
  createAmeideRepository,
  digestsOf,
  leftBehind,
  type PublishResult,
  publishAmeide,
  type Registries,
  startRegistries,
  traceAmeide,
} from './support/ameide-world.ts';

// The example monorepo, published by `ameide-release` processes to four real servers on loopback.
// The tests of a suite are one story, in order: a Python build takes seconds.

const NONE = { npm: 0, python: 0, oci: 0, git: 0 };
const TIMEOUT = 120_000;

interface World {
  repository: AmeideRepository;
  registries: Registries;
  older: string;
  newer: string;
}

function useWorld(): World {
  const world = {} as World;
  beforeAll(async () => {
    world.repository = await createAmeideRepository();
    world.registries = await startRegistries(world.repository);
    world.older = await world.repository.commit('The first commit', '2025-11-13T14:00:00+00:00');
    await world.repository.change(
      'packages/ameide_sdk_ts/README.md',
      '\nA name is checked before it is sent.',
    );
    world.newer = await world.repository.commit('The second commit', '2025-11-13T16:32:11+01:00');
  });
  afterAll(async () => {
    await world.registries.stop();
    await world.repository.remove();
  });
  return world;
}

/** An address where nobody listens. */
async function closedPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return `http://127.0.0.1:${port}`;
}

function expectNoToken({ stdout, stderr }: PublishResult, { tokens }: Registries): void {
  for (const token of tokens) expect(stdout + stderr).not.toContain(token);
}

needs(
  'git',
  'uv',
  'npm',
  'pnpm',
)('one commit, every registry', () => {
  describe('published', () => {
    const world = useWorld();

    test('a wrong token ends with 6, a registry that is away with 3; nothing lands anywhere', {
      timeout: TIMEOUT,
    }, async () => {
      const { repository, registries } = world;
      const wrong = await publishAmeide(repository, registries, {
        env: { NPM_TOKEN: 'npm_wrongtoken', OCI_TOKEN: 'ghp_wrongtoken' },
      });
      expect(wrong).toMatchObject({ code: 6, report: { status: 'unauthenticated' } });
      expect(new Set(wrong.report?.problems.map(({ code }) => code))).toEqual(
        new Set(['npm-unauthorized', 'ghcr-unauthorized']),
      );
      expect(wrong.stdout + wrong.stderr).not.toContain('wrongtoken');
      const away = await publishAmeide(repository, registries, {
        env: { NPM_REGISTRY: await closedPort() },
      });
      expect(away).toMatchObject({ code: 3, report: { status: 'incomplete' } });
      expect(new Set(away.report?.problems.map(({ code }) => code))).toEqual(
        new Set(['npm-unreachable']),
      );
      expect(registries.mutating()).toEqual(NONE);
    });

    test('a dev build: eight artifacts, each read back, each naming the commit; then the pointers', {
      timeout: TIMEOUT,
    }, async () => {
      const { repository, registries, newer } = world;
      const before = repository.git('status', '--porcelain', '--ignored');
      const result = await publishAmeide(repository, registries);
      expect(result).toMatchObject({ code: 0, report: { status: 'converged', problems: [] } });
      expect(
        result.report?.artifacts.map(({ outcome, state, sha }) => `${outcome} ${state} ${sha}`),
      ).toEqual(Array(8).fill(`published identical ${newer}`));
      expect(
        result.report?.pointers.map(({ pointer, outcome }) => `${pointer} ${outcome}`),
      ).toEqual(Array(7).fill('dev moved'));
      expectNoToken(result, registries);
      expect(repository.git('status', '--porcelain', '--ignored')).toBe(before);
      expect(await leftBehind(registries)).toEqual([]);
    });

    test('the same again: not one writing request', { timeout: TIMEOUT }, async () => {
      const { repository, registries } = world;
      registries.clear();
      const { code, report } = await publishAmeide(repository, registries);
      expect(code).toBe(0);
      expect(registries.mutating()).toEqual(NONE);
      expect(new Set(report?.pointers.map(({ outcome }) => outcome))).toEqual(new Set(['already']));
    });

    test('another commit of the same second is a conflict that names both: exit 4, nothing is written', {
      timeout: TIMEOUT,
    }, async () => {
      const { repository, registries, older, newer } = world;
      registries.clear();
      repository.git('checkout', '--quiet', older);
      await repository.change('packages/ameide_sdk_ts/README.md', '\nSomething else.');
      const twin = await repository.commit('In the same second', '2025-11-13T15:32:11+00:00');
      const { code, report } = await publishAmeide(repository, registries);
      expect(code).toBe(4);
      const conflicts = report?.problems.filter(({ kind }) => kind === 'conflict') ?? [];
      expect(new Set(conflicts.map(({ publisher }) => publisher))).toEqual(
        new Set([
          'npm:@ameideio/ameide-sdk-ts',
          'npm:@ameideio/configuration',
          'pypi:ameide-sdk-python',
        ]),
      );
      for (const { message, hint, rerun } of conflicts) {
        expect(message).toContain(newer);
        expect(message).toContain(twin);
        expect(hint).toMatch(/commit again/);
        expect(rerun).toBe('never');
      }
      expect(registries.mutating()).toEqual(NONE);
    });

    test('an older commit is published, and every pointer stays at the newer one', {
      timeout: TIMEOUT,
    }, async () => {
      const { repository, registries, older, newer } = world;
      repository.git('checkout', '--quiet', older);
      const { code, report } = await publishAmeide(repository, registries);
      expect(report?.problems).toEqual([]);
      expect(code).toBe(0);
      expect(report?.artifacts.map(({ outcome, sha }) => `${outcome} ${sha}`)).toEqual(
        Array(8).fill(`published ${older}`),
      );
      expect(report?.pointers.map(({ outcome }) => outcome)).toEqual(Array(7).fill('superseded'));
      const [traced] = await traceAmeide(repository, registries, [newer]);
      expect(
        traced?.report.artifacts.filter(({ pointers }: { pointers: string[] }) =>
          pointers.includes('dev'),
        ),
      ).toHaveLength(7);
    });

    test('v0.1.0 of the commit: the versions of every ecosystem, and the pointers of a release', {
      timeout: TIMEOUT,
    }, async () => {
      const { repository, registries, newer } = world;
      repository.git('checkout', '--quiet', 'main');
      await repository.tag('v0.1.0');
      const { code, report } = await publishAmeide(repository, registries);
      expect(report?.problems).toEqual([]);
      expect(code).toBe(0);
      const coordinates = report?.artifacts.map(({ coordinate }) => coordinate) ?? [];
      for (const name of [
        'npm:@ameideio/ameide-sdk-ts@0.1.0',
        'pypi:ameide-sdk-python==0.1.0',
        'go:github.com/ameideio/ameide-sdk-go@v0.1.0',
      ]) {
        expect(coordinates).toContain(name);
      }
      expect(report?.artifacts.every(({ sha }) => sha === newer)).toBe(true);
      const moves = (wanted: string): number =>
        report?.pointers.filter(({ pointer, outcome }) => `${pointer} ${outcome}` === wanted)
          .length ?? 0;
      expect([
        moves('latest moved'),
        moves('0.1 moved'),
        moves('main moved'),
        report?.pointers.length,
      ]).toEqual([6, 4, 1, 11]);
      registries.clear();
      expect((await publishAmeide(repository, registries)).code).toBe(0);
      expect(registries.mutating()).toEqual(NONE);
    });

    test('from the commit to every artifact, and from each artifact to the commit', {
      timeout: TIMEOUT,
    }, async () => {
      const { repository, registries, older, newer } = world;
      const [ofNewer, ofOlder] = await traceAmeide(repository, registries, [newer, older]);
      expect(ofNewer).toMatchObject({ code: 0, report: { sha: newer, problems: [] } });
      // Twelve of the release; three more names of the dev build, whose images and Go commit are
      // the same.
      expect(ofNewer?.report.artifacts.map(({ sha }: { sha: string }) => sha)).toEqual(
        Array(15).fill(newer),
      );
      expect(ofOlder?.report.artifacts.map(({ sha }: { sha: string }) => sha)).toEqual(
        Array(8).fill(older),
      );
      const coordinates: string[] = ofNewer?.report.artifacts.map(
        ({ coordinate }: { coordinate: string }) => coordinate,
      );
      const answers = await traceAmeide(repository, registries, coordinates);
      expect(answers.map(({ code, report }) => `${code} ${report.sha}`)).toEqual(
        Array(15).fill(`0 ${newer}`),
      );
      const [absent] = await traceAmeide(repository, registries, [
        'npm:@ameideio/ameide-sdk-ts@9.9.9',
      ]);
      expect(absent).toMatchObject({ code: 0, report: { artifacts: [{ state: 'absent' }] } });
    });
  });

  describe('stopped half-way', () => {
    const world = useWorld();

    /** Sends the process a signal when the first writing request of any registry arrives. */
    async function stoppedBy(signal: NodeJS.Signals): Promise<PublishResult> {
      const { repository, registries } = world;
      let id: number | undefined;
      registries.onMutating = () => {
        registries.onMutating = undefined;
        if (id !== undefined) process.kill(id, signal);
      };
      return publishAmeide(repository, registries, { onStart: (pid) => (id = pid) });
    }

    test('SIGTERM: exit 3, a report of how far it came, nothing left on the disk', {
      timeout: TIMEOUT,
    }, async () => {
      const result = await stoppedBy('SIGTERM');
      expect(result).toMatchObject({
        code: 3,
        report: {
          exitCode: 3,
          status: 'incomplete',
          problems: [{ code: 'interrupted', rerun: 'safe' }],
        },
      });
      expect(result.report?.pointers.every(({ outcome }) => outcome === undefined)).toBe(true);
      expectNoToken(result, world.registries);
      expect(await leftBehind(world.registries)).toEqual([]);
    });

    test('SIGKILL, then once more: the source tree is untouched, and what is there is what a clean run gives', {
      timeout: TIMEOUT,
    }, async () => {
      const { repository, registries } = world;
      const before = repository.git('status', '--porcelain', '--ignored');
      const killed = await stoppedBy('SIGKILL');
      expect(killed).toMatchObject({ code: null, signal: 'SIGKILL', stdout: '' });
      expect(repository.git('status', '--porcelain', '--ignored')).toBe(before);
      const again = await publishAmeide(repository, registries);
      expect(again.report?.problems).toEqual([]);
      expect(again.code).toBe(0);
      const clean = await startRegistries(repository);
      const other = await publishAmeide(repository, clean);
      await clean.stop();
      expect(other.code).toBe(0);
      expect(digestsOf(again.report)).toEqual(digestsOf(other.report));
      registries.clear();
      expect((await publishAmeide(repository, registries)).code).toBe(0);
      expect(registries.mutating()).toEqual(NONE);
    });
  });
});
