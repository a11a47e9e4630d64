import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { createDeployWorld, type DeployWorld, pod, SDK } from '../support/deploy-world.ts';

// `--json` prints what the table in the README says, and nothing else.

interface Shape {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** The members of each object in a list: `images` (`path`, `sha?`). */
  readonly members: Readonly<Record<string, Shape>>;
}

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

function namesIn(text: string): Pick<Shape, 'required' | 'optional'> {
  const names = [...text.matchAll(/`([a-zA-Z]+)(\?)?`/g)];
  const pick = (isOptional: boolean): readonly string[] =>
    names
      .filter(([, , mark]) => (mark === '?') === isOptional)
      .map(([, name = '']) => name)
      .toSorted();
  return { required: pick(false), optional: pick(true) };
}

/** The fields of a schema, as its row says them. */
function shapeOf(schema: string): Shape {
  const row = readme.split('\n').find((line) => line.includes(`\`${schema}\``)) ?? '';
  const fields = row.split('|')[3] ?? '';
  const members = [...fields.matchAll(/`([a-z]+)` \(([^)]*)\)/g)].map(
    ([, name = '', inner = '']) => [name, { ...namesIn(inner), members: {} }] as const,
  );
  return {
    ...namesIn(fields.replaceAll(/\([^)]*\)/g, '')),
    members: Object.fromEntries(members),
  };
}

function expectShape(value: object, { members, optional, required }: Shape): void {
  const names = Object.keys(value).filter((name) => !optional.includes(name));
  expect(names.toSorted()).toEqual(required);
  for (const [name, shape] of Object.entries(members)) {
    const list = (value as Readonly<Record<string, readonly object[]>>)[name];
    expect(list, name).not.toEqual([]);
    for (const one of list ?? []) expectShape(one, shape);
  }
}

describe('one JSON object, as the README says', () => {
  let world: DeployWorld;
  beforeEach(() => {
    world = createDeployWorld();
  });

  /** Runs, expects `schema` first and the shape of it, and returns the object. */
  async function report(
    schema: string,
    ...argv: readonly string[]
  ): Promise<Readonly<Record<string, unknown>>> {
    const { code, stdout } = await world.run([...argv, '--json']);
    const { schema: found, ...fields } = JSON.parse(stdout);
    expect(found).toBe(schema);
    expectShape(fields, shapeOf(schema));
    expect(fields.exitCode).toBe(code);
    return fields;
  }

  const annotated = (): string =>
    pod(`${SDK}:0.1.0`, `{ameide.io/image-sha: "${world.shas.release}"}`);

  test('check', async () => {
    const path = world.manifest(annotated());
    const found = await report(
      'ameide-release/deploy-check/1',
      'check',
      '--env',
      'production',
      path,
    );
    expect(found).toEqual({
      status: 'converged',
      exitCode: 0,
      environment: 'production',
      documents: 1,
      images: [
        {
          path,
          line: 6,
          column: 14,
          owner: 'Pod',
          field: 'spec.containers[0].image',
          container: 'sdk',
          image: `${SDK}:0.1.0`,
          sha: world.shas.release,
        },
      ],
      others: 0,
      online: false,
      problems: [],
      notes: [],
    });
  });

  test('check --online, with what is wrong', async () => {
    const path = world.manifest(pod(`${SDK}:0.1.0`, `{ameide.io/image-sha: "${world.shas.dev}"}`));
    const argv = ['check', '--env', 'production', '--online', path];
    expect(await report('ameide-release/deploy-check/1', ...argv)).toMatchObject({
      status: 'invalid-input',
      online: true,
      problems: [
        {
          code: 'deploy-annotation-differs',
          kind: 'policy',
          effect: 'none',
          rerun: 'after-fix',
          path,
          line: 6,
          column: 14,
          field: 'spec.containers[0].image',
        },
      ],
    });
  });

  test('pin', async () => {
    const path = world.manifest(pod(`${SDK}:dev`));
    const argv = ['pin', '--env', 'production', '--version', '0.1.0', path];
    expect(await report('ameide-release/deploy-pin/1', ...argv)).toMatchObject({
      status: 'converged',
      environment: 'production',
      pins: [{ name: SDK, tag: '0.1.0', sha: world.shas.release, digest: world.digests.release }],
      files: [
        {
          path,
          changes: expect.arrayContaining([
            expect.objectContaining({
              field: 'spec.containers[0].image',
              line: 6,
              from: `${SDK}:dev`,
              to: `${SDK}:0.1.0`,
            }),
          ]) as unknown,
        },
      ],
      written: false,
      diff: expect.stringContaining(`+    - image: ${SDK}:0.1.0\n`) as string,
      problems: [],
    });
    const again = await report('ameide-release/deploy-pin/1', ...argv, '--write');
    expect(again).toMatchObject({ written: true });
  });

  test('resolve', async () => {
    const { digests, shas } = world;
    const argv = ['resolve', `${SDK}:0.1.0`, world.manifest(pod(`${SDK}:dev`))];
    expect(await report('ameide-release/deploy-resolve/1', ...argv)).toEqual({
      status: 'converged',
      exitCode: 0,
      images: [
        {
          image: `${SDK}:0.1.0`,
          state: 'found',
          digest: digests.release,
          sha: shas.release,
          release: {
            version: '0.1.0',
            datetime: '2025-11-13T15:32:11Z',
            artifacts: [shas.release, '0.1.0'].map((tag) => ({
              coordinate: `oci:${SDK}:${tag}`,
              state: 'published',
              digest: digests.release,
              proofs: [],
            })),
          },
        },
        {
          image: `${SDK}:dev`,
          state: 'found',
          digest: digests.dev,
          sha: shas.dev,
          release: {
            version: '0.1.1-dev.20251114090500',
            datetime: '2025-11-14T09:05:00Z',
            artifacts: [
              {
                coordinate: `oci:${SDK}:${shas.dev}`,
                state: 'published',
                digest: digests.dev,
                proofs: [],
              },
            ],
          },
        },
      ],
      problems: [],
    });
  });

  test('rollback', async () => {
    const { git, shas } = world;
    for (const [tag, time] of [
      ['0.1.0', '2025-11-15T10:00:00Z'],
      [shas.dev, '2025-11-15T11:00:00Z'],
    ] as const) {
      git.write('deploy/pod.yaml', pod(`${SDK}:${tag}`));
      git.commit(`pin ${tag}`, time);
    }
    const argv = ['rollback', '--env', 'production', `${git.directory}/deploy`];
    expect(await report('ameide-release/deploy-rollback/1', ...argv)).toMatchObject({
      status: 'converged',
      earlier: git.git('rev-parse', 'HEAD~1').trim(),
      pins: [{ name: SDK, tag: '0.1.0', sha: shas.release }],
      written: false,
    });
  });
});
