import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { createProcesses } from '@ameide/publisher-kit';
import { expect, test } from 'vitest';
import { BRANCH, type Lab, openLab } from './lab.ts';

const VERIFY = ['build', 'vet', 'tidy'] as const;

/** Nothing is downloaded in these tests. */
const OFFLINE = { GOPROXY: 'off', GOSUMDB: 'off' };

const run = (lab: Lab, sha: string, verify: readonly ('build' | 'vet' | 'tidy')[] = VERIFY) =>
  lab.run(sha, BRANCH, {
    verify,
    ports: { ...lab.ports, env: OFFLINE },
  });

needs('go', 'git')('with verify, go checks the mirror’s files before anything is sent', () => {
  test('and a module that is right is published', async () => {
    await using lab = await openLab();
    expect((await run(lab, lab.commit())).published).toMatchObject([{ outcome: 'published' }]);
    const ran = lab.argv.filter(([program]) => program === 'go').map((argv) => argv.join(' '));
    expect(ran.slice(1)).toEqual([
      'go build -mod=readonly ./...',
      'go vet -mod=readonly ./...',
      'go mod tidy -diff',
    ]);
  });

  test.each([
    ['build', { 'packages/sdk/bad.go': 'package ameide\n\nvar x int = "text"\n' }, 'bad.go'],
    [
      'vet',
      {
        'packages/sdk/bad.go':
          'package ameide\n\nimport "fmt"\n\nfunc F() { fmt.Printf("%d", "x") }\n',
      },
      'bad.go',
    ],
    [
      'tidy',
      {
        'packages/sdk/go.mod':
          'module github.com/ameideio/ameide-sdk-go\n\ngo 1.21\n\nrequire (\n)\n',
      },
      'go.mod',
    ],
  ] as const)('and what %s finds is reported', async (command, files, message) => {
    await using lab = await openLab();
    const { problems } = await run(lab, lab.commit(files), [command]);
    expect(problems).toMatchObject([{ code: 'go-verify-failed', kind: 'incomplete' }]);
    expect(problems[0]?.message).toContain(message);
    expect(lab.proxy.mutating()).toEqual([]);
    // Without the option nothing runs.
    expect((await lab.run(lab.commit(files), BRANCH)).problems).toEqual([]);
  });

  test('as the mirror gets them, without what prepare left beside them', async () => {
    await using lab = await openLab();
    const prepare = (checkout: string): void =>
      writeFileSync(join(checkout, 'packages/sdk/broken_test.go'), 'no Go');
    const options = { verify: ['vet'], prepare, ports: { ...lab.ports, env: OFFLINE } } as const;
    expect((await lab.run(lab.commit(), BRANCH, options)).problems).toEqual([]);
  });

  test('and without go the run ends before it builds', async () => {
    await using lab = await openLab();
    const real = createProcesses();
    const which = async (program: string) => (program === 'go' ? undefined : real.which(program));
    const processes = { ...real, which };
    const options = { verify: ['build'] as const, ports: { ...lab.ports, processes } };
    expect((await lab.run(lab.commit(), BRANCH, options)).problems).toMatchObject([
      { code: 'go-verify-not-found' },
    ]);
  });
});
