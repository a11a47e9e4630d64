import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGitWorld } from '../support/git-world.ts';
import {
  startThreeRegistries,
  THREE_CONFIG,
  type ThreeRegistries,
} from '../support/three-registries.ts';

const suite = needs('git', 'go');
const TOKEN = 'ghp_planted0123456789abcdef';

suite('a secret of this process that a build packs', () => {
  let registries: ThreeRegistries;
  beforeAll(async () => {
    registries = await startThreeRegistries();
  });
  afterAll(async () => registries[Symbol.asyncDispose]());

  /** What a build finds outside the commit, it writes into the package, the image and the module. */
  function repository(leak: string, given = '') {
    const git = createGitWorld({ origin: 'https://github.com/example/repo' });
    const outside = join(createGitWorld().directory, 'cache.txt');
    writeFileSync(outside, leak);
    const copy = `const fs = require('node:fs');
for (const to of ['packages/sdk/lib/cache.js', 'go/cache.txt']) {
  fs.mkdirSync(require('node:path').dirname(to), { recursive: true });
  fs.copyFileSync(${JSON.stringify(outside)}, to);
}`;
    git.write('go/go.mod', 'module github.com/example/go\n\ngo 1.22\n');
    git.write('go/a.go', 'package sdk\n');
    git.write(
      'release.config.ts',
      THREE_CONFIG.replace(
        'publishers: [',
        `prepare: [[process.execPath, '-e', ${JSON.stringify(copy)}]], publishers: [`,
      )
        .replace("directory: 'go',", "directory: 'go', fromCheckout: ['cache.txt'],")
        .replace('token: NPM_KEY', given === '' ? 'token: NPM_KEY' : `token: '${given}'`),
    );
    git.commit('everything');
    return git;
  }

  const refused = (name: string) =>
    [
      [
        'npm:@example/sdk',
        /^What was built for npm:@example\/sdk contains the value of NAME: package\/lib\/cache\.js in .*\.tgz\.$/,
      ],
      [
        'oci:',
        /^What was built for oci:.* contains the value of NAME: .*lib\/cache\.js in blobs\/sha256\/[0-9a-f]{64}\.$/,
      ],
      [
        'go:',
        /^What was built for go:github\.com\/example\/go contains the value of NAME: cache\.txt in commit\.pack\.$/,
      ],
    ].map(([publisher, message]) => ({
      code: 'secret-in-artifact',
      publisher: expect.stringContaining(String(publisher)),
      message: expect.stringMatching(new RegExp((message as RegExp).source.replace('NAME', name))),
    }));

  test.each([
    ['as it is', TOKEN],
    [
      'in base64, broken into lines',
      Buffer.from(`${'x'.repeat(50)}${TOKEN}`)
        .toString('base64')
        .replaceAll(/.{64}/g, '$&\n'),
    ],
  ])(
    'is found in a package, an image and a module before anything is sent: %s',
    async (_how, leak) => {
      process.env['GHTOKEN'] = TOKEN;
      try {
        const git = repository(`const t = '${leak}';\n`);
        const { code, report } = await registries.run(git, 'publish');
        expect(code).toBe(3);
        expect(JSON.stringify(report)).not.toContain(TOKEN);
        const found = report.problems.filter(
          (one: { code: string }) => one.code === 'secret-in-artifact',
        );
        expect(found).toHaveLength(3);
        expect(found).toEqual(
          expect.arrayContaining(refused('GHTOKEN').map((one) => expect.objectContaining(one))),
        );
        for (const { state, outcome } of report.artifacts)
          expect([state, outcome]).toEqual(['absent', undefined]);
      } finally {
        delete process.env['GHTOKEN'];
      }
    },
  );

  test('also the token that a publisher was given, by the name of the publisher', async () => {
    const given = 'npm_given0123456789abcdef';
    const { code, report } = await registries.run(
      repository(`// ${given}\n`, given),
      'build',
      '--out',
      join(createGitWorld().directory, 'out'),
    );
    expect(code).toBe(3);
    expect(report.problems.map(({ message }: { message: string }) => message)).toContainEqual(
      expect.stringContaining('contains the value of the token of npm:@example/sdk'),
    );
  });

  test('a build without one is published', async () => {
    const { code, report } = await registries.run(repository('// nothing\n'), 'publish');
    expect([code, report.problems]).toEqual([0, []]);
  });
});
