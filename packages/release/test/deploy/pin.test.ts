import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createDeployWorld, pod, SDK } from '../support/deploy-world.ts';

const PIN = ['pin', '--env', 'production'];

describe('deploy pin', () => {
  test('prints a diff alone on standard output, and writes nothing', async () => {
    const { manifest, run, shas } = createDeployWorld();
    const path = manifest(pod(`${SDK}:dev`));
    const { code, stderr, stdout } = await run([...PIN, '--version', '0.1.0', path]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^diff --git a\/.*\n--- a\/.*\n\+\+\+ b\/.*\n@@ /);
    expect(stdout).toContain(`\n+    - image: ${SDK}:0.1.0\n`);
    expect(stderr).toContain('1 file would change: run it again with --write to write them.');
    expect(stderr).toContain(shas.release.slice(0, 7));
    expect(readFileSync(path, 'utf8')).toBe(pod(`${SDK}:dev`));
  });

  test('--write writes, and the second time there is nothing to write', async () => {
    const { manifest, run, shas } = createDeployWorld();
    const path = manifest(pod(`${SDK}:dev`));
    const argv = [...PIN, '--version', '0.1.0', '--write', path];
    const { code, stdout } = await run(argv);
    expect(code).toBe(0);
    expect(stdout).toContain('1 file written.');
    const after = pod(`${SDK}:0.1.0`, `{ameide.io/image-sha: ${shas.release}}`);
    expect(readFileSync(path, 'utf8')).toBe(after);
    const again = await run(argv);
    expect(again.code).toBe(0);
    expect(again.stderr + again.stdout).toContain('no file changes');
    expect(await run(['check', '--env', 'production', '--online', path])).toMatchObject({
      code: 0,
    });
  });

  test('an image that is only in a text is no image that was pinned', async () => {
    const { manifest, run } = createDeployWorld();
    const text = `kind: ConfigMap\ndata: {run: "--image=${SDK}:dev"}\n`;
    const { code, stdout } = await run([...PIN, '--version', '0.1.0', '--json', manifest(text)]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).problems).toMatchObject([{ code: 'deploy-pin-in-text', line: 2 }]);
  });

  test('the diff applies from a folder below the top of the repository', async () => {
    const { git, run } = createDeployWorld();
    const path = 'deploy/live/www.yaml';
    git.write(path, pod(`${SDK}:dev`));
    git.commit('a manifest');
    const file = join(git.directory, path);
    const { code, stdout } = await run([...PIN, '--version', '0.1.0', file]);
    expect(code).toBe(0);
    expect(stdout).toContain(`--- a/${path}\n`);
    execFileSync('git', ['apply'], { cwd: dirname(file), input: stdout });
    expect(readFileSync(file, 'utf8')).toContain(`${SDK}:0.1.0`);
  });

  test('by a commit, also abbreviated, a branch and a tag', async () => {
    const { git, manifest, run, shas } = createDeployWorld();
    const path = manifest(pod(`${SDK}:dev`));
    for (const [revision, sha] of [
      [shas.release.slice(0, 10), shas.release],
      ['v0.1.0', shas.release],
      [git.git('branch', '--show-current').trim(), shas.dev],
    ] as const) {
      const { code, stdout } = await run([
        'pin',
        '--env',
        'staging',
        '--json',
        '--sha',
        revision,
        path,
      ]);
      expect(code).toBe(0);
      expect(JSON.parse(stdout).pins).toMatchObject([{ name: SDK, tag: sha, sha }]);
    }
  });

  test.each([
    ['neither a commit nor a version', [], 'sha', '--version X.Y.Z'],
    ['a version that is none', ['--version', 'latest'], 'version', 'X.Y.Z-rc.N'],
    ['a version that is a commit', ['--version', 'a'.repeat(40)], 'version', 'X.Y.Z-rc.N'],
    ['a version that nobody released', ['--version', '9.9.9'], 'version', '9.9.9'],
    ['a commit that is none', ['--sha', 'no-such-branch'], 'sha', 'no-such-branch'],
    ['standard input', ['--sha', 'HEAD', '-'], 'path', 'kustomization.yaml'],
    [
      'an environment that is misspelt',
      ['--sha', 'HEAD', '--env', 'prodution'],
      'env',
      'production',
    ],
    ['an image with a tag', ['--sha', 'HEAD', '--only', `${SDK}:dev`], 'only', 'without tag'],
    ['an image that is not there', ['--sha', 'HEAD', '--only', 'ghcr.io/acme/www'], 'only', 'www'],
  ])('%s is refused: nothing is asked or written', async (_, argv, field, word) => {
    const { manifest, registry, run } = createDeployWorld();
    registry({ images: { '0.1.0': { noAnswer: true } } });
    const path = manifest(pod(`${SDK}:dev`));
    // `--only` takes all words that follow.
    const { code, stdout } = await run([...PIN, '--json', '--write', path, ...argv]);
    expect(code).toBe(2);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ schema: 'ameide-release/failure/1', problems: [{ field }] });
    expect(JSON.stringify(report.problems)).toContain(word);
    expect(readFileSync(path, 'utf8')).toBe(pod(`${SDK}:dev`));
  });

  test('both a commit and a version have to be one', async () => {
    const { manifest, run, shas } = createDeployWorld();
    const path = manifest(pod(`${SDK}:dev`));
    const argv = [...PIN, '--json', '--version', '0.1.0', path];
    const agreed = await run([...argv, '--sha', 'v0.1.0']);
    expect(agreed.code).toBe(0);
    expect(JSON.parse(agreed.stdout).pins).toMatchObject([{ tag: '0.1.0', sha: shas.release }]);
    const { code, stdout } = await run([...argv, '--sha', 'HEAD']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).problems).toMatchObject([{ field: 'sha' }]);
  });

  test('--version without a value is not the version of this program', async () => {
    const { run } = createDeployWorld();
    const { code, stderr, stdout } = await run([...PIN, 'x.yaml', '--version']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--version <X.Y.Z>');
  });

  test('nothing is written if one of the files cannot be pinned', async () => {
    const { manifest, run } = createDeployWorld();
    const paths = [manifest(pod(`${SDK}:dev`), 'a.yaml'), manifest('kind: [', 'b.yaml')];
    const { code, stdout } = await run([
      ...PIN,
      '--version',
      '0.1.0',
      '--write',
      '--json',
      ...paths,
    ]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ written: false, diff: '', files: [] });
    expect(readFileSync(paths[0] ?? '', 'utf8')).toBe(pod(`${SDK}:dev`));
  });

  test('manifests without an image of ours have nothing to pin', async () => {
    const { manifest, run } = createDeployWorld();
    const path = manifest(pod('nginx:1'));
    const { code, stdout } = await run([...PIN, '--version', '0.1.0', '--json', path]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).problems).toMatchObject([{ code: 'deploy-nothing-to-pin' }]);
  });

  test.each([
    ['is not published', { images: { '0.1.0': { digest: '' } } }, 2],
    ['lacks its proofs', { proofs: 'missing' }, 2],
    ['cannot be asked for', { images: { '0.1.0': { noAnswer: true } } }, 3],
  ] as const)('an image that %s is not pinned', async (_, changes, exitCode) => {
    const { manifest, registry, run } = createDeployWorld();
    registry(changes);
    const path = manifest(pod(`${SDK}:dev`));
    const { code, stdout } = await run([...PIN, '--version', '0.1.0', '--write', '--json', path]);
    expect(code).toBe(exitCode);
    expect(JSON.parse(stdout)).toMatchObject({ written: false, pins: [] });
    expect(readFileSync(path, 'utf8')).toBe(pod(`${SDK}:dev`));
  });
});

describe('--offline', () => {
  test('asks nobody', async () => {
    const { manifest, registry, run, shas } = createDeployWorld();
    registry({ images: { '0.1.0': { noAnswer: true } } });
    const path = manifest(pod(`${SDK}:dev`));
    const { code, stdout } = await run([...PIN, '--version', '0.1.0', '--offline', '--json', path]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).pins).toEqual([{ name: SDK, tag: '0.1.0', sha: shas.release }]);
  });

  test('a tag that may not run there is refused all the same', async () => {
    const { manifest, run } = createDeployWorld();
    const path = manifest(pod(`${SDK}:0.0.9`));
    const { code } = await run([...PIN, '--sha', 'HEAD', '--offline', '--json', path]);
    expect(code).toBe(2);
  });

  test('a digest that is there cannot be pinned without asking', async () => {
    const { digests, manifest, run } = createDeployWorld();
    const path = manifest(pod(`${SDK}:0.0.9@${digests.dev}`));
    const { code, stdout } = await run([...PIN, '--version', '0.1.0', '--offline', '--json', path]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).problems).toMatchObject([{ code: 'deploy-pin-digest-unknown' }]);
    const online = await run([...PIN, '--version', '0.1.0', '--write', path]);
    expect(online.code).toBe(0);
    expect(readFileSync(path, 'utf8')).toContain(`${SDK}:0.1.0@${digests.release}`);
  });
});

test('--only pins these images, and leaves the others as they are', async () => {
  const { manifest, run } = createDeployWorld('{ images: ["ghcr.io/acme/www"] }');
  const both = pod(`${SDK}:dev`).replace(
    '    - image',
    '    - {name: www, image: ghcr.io/acme/www:0.0.1}\n    - image',
  );
  const path = manifest(both);
  const argv = [...PIN, '--version', '0.1.0', '--write', '--json', path, '--only', `oci:${SDK}`];
  expect(await run(argv)).toMatchObject({ code: 0 });
  const after = readFileSync(path, 'utf8');
  expect(after).toContain(`${SDK}:0.1.0`);
  expect(after).toContain('ghcr.io/acme/www:0.0.1');
});

describe('git apply takes the diff from standard output', () => {
  const TEXT = pod(`${SDK}:dev`);
  test.each([
    ['a usual file', TEXT],
    ['CRLF', TEXT.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${TEXT}`],
    ['tabs', TEXT.replace('name: sdk', 'name: sdk\t# a\ttab')],
    ['no line end at the end', TEXT.replace('name: sdk\n', 'name: sdk')],
    [
      'the image in the last line, without a line end',
      pod(`${SDK}:dev`).replace('\n      name: sdk\n', ''),
    ],
    ['text of all the world', TEXT.replace('name: sdk', 'name: sdk # grün, 日本語, 🚀, é')],
    ['spaces at the ends of lines', TEXT.replaceAll('\n', '  \n')],
  ])('%s', async (_, text) => {
    const { manifest, run } = createDeployWorld();
    const path = manifest(text);
    const shown = await run([...PIN, '--version', '0.1.0', path]);
    expect(shown.code).toBe(0);
    // The path in a diff has no slash before it, as git wants it.
    const diff = shown.stdout.replaceAll(path.slice(1), basename(path));
    expect(diff).not.toBe(shown.stdout);
    execFileSync('git', ['apply', '-'], { cwd: dirname(path), input: diff, stdio: 'pipe' });
    const applied = readFileSync(path, 'utf8');
    manifest(text);
    expect((await run([...PIN, '--version', '0.1.0', '--write', path])).code).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(applied);
    expect(applied).not.toBe(text);
  });
});
