import { describe, expect, test } from 'vitest';
import { createDeployWorld, pod, SDK } from '../support/deploy-world.ts';

describe('deploy resolve', () => {
  test('shows people the version, the commit, its time and what else was published', async () => {
    const { run, shas } = createDeployWorld();
    const { code, stdout } = await run(['resolve', `${SDK}:0.1.0`]);
    expect(code).toBe(0);
    for (const word of ['0.1.0', shas.release, '2025-11-13T15:32:11Z', 'ALSO FROM THIS COMMIT'])
      expect(stdout).toContain(word);
    expect(stdout).toContain('The commit of every image is known.');
  });

  test('by a tag, a digest and both, with or without the ecosystem before it', async () => {
    const { digests, run, shas } = createDeployWorld();
    const images = [
      `${SDK}:latest`,
      `oci:${SDK}:0.1.0`,
      `${SDK}@${digests.release}`,
      `GHCR.IO/acme/sdk:0.1.0@${digests.release}`,
    ];
    const { code, stdout } = await run(['resolve', '--json', ...images]);
    expect(code).toBe(0);
    const found = JSON.parse(stdout).images;
    expect(found.map((one: { readonly sha: string }) => one.sha)).toEqual(
      images.map(() => shas.release),
    );
  });

  test('manifests from standard input: an image that is there twice is asked for once', async () => {
    const { run } = createDeployWorld();
    const stdin = `${pod(`${SDK}:dev`)}---\n${pod(`${SDK}:dev`)}---\n${pod('nginx:1')}`;
    const { code, stdout } = await run(['resolve', '--json', '-'], { stdin });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).images).toMatchObject([{ image: `${SDK}:dev` }]);
  });

  test.each([
    ['0.9.0', 'deploy-image-absent', 2],
    ['unlabelled', 'deploy-image-no-commit', 2],
    ['elsewhere', 'deploy-commit-unknown', 2],
    ['silent', 'oci-no-answer', 3],
  ])('%s: %s', async (tag, problem, exitCode) => {
    const { registry, run } = createDeployWorld();
    const digest = `sha256:${'c'.repeat(64)}`;
    registry({
      images: {
        unlabelled: { digest },
        elsewhere: { digest, sha: '9'.repeat(40) },
        silent: { noAnswer: true },
      },
    });
    const { code, stdout } = await run(['resolve', '--json', `${SDK}:${tag}`]);
    expect(JSON.parse(stdout).problems).toMatchObject([{ code: problem }]);
    expect(code).toBe(exitCode);
  });

  test('an image that the definition does not publish', async () => {
    const { run } = createDeployWorld();
    const { code, stdout } = await run(['resolve', '--json', 'nginx:1.29']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      images: [{ image: 'docker.io/library/nginx:1.29', state: 'unknown-image' }],
      problems: [{ code: 'deploy-image-unknown' }],
    });
  });

  test('proofs that cannot be read are said without what caused it', async () => {
    const { registry, run } = createDeployWorld();
    registry({ proofs: 'throws' });
    const { code, stdout } = await run(['resolve', '--json', `${SDK}:dev`]);
    expect(code).toBe(3);
    const { images, problems } = JSON.parse(stdout);
    expect(images[0].release.artifacts[0].proofs).toEqual([
      { kind: 'signature', state: 'unknown' },
    ]);
    expect(problems).toMatchObject([{ code: 'publisher-failed' }]);
    expect(stdout).not.toContain('"cause"');
  });

  test('what a registry fails to say of a commit is shown as not known', async () => {
    const { registry, run, shas } = createDeployWorld();
    registry({ failsForCommits: true });
    const { code, stdout } = await run(['resolve', '--json', `${SDK}:0.1.0`]);
    expect(code).toBe(3);
    expect(JSON.parse(stdout).images[0].release.artifacts).toEqual(
      expect.arrayContaining([
        { coordinate: `oci:${SDK}:${shas.release}`, state: 'unknown', proofs: [] },
        { coordinate: `oci:${SDK}:0.1.0`, state: 'unknown', proofs: [] },
      ]),
    );
  });

  test('a release that is there in part is shown, and is no failure', async () => {
    const { registry, run, shas } = createDeployWorld();
    registry({ images: { [shas.release]: { digest: '' } } });
    const { code, stdout } = await run(['resolve', '--json', `${SDK}:0.1.0`]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).images[0].release.artifacts).toHaveLength(2);
  });

  test.each([
    ['an image without a tag', SDK],
    ['a file that is not there', 'deploy/no-such.yaml'],
    ['nothing that could be either', 'Not An Image'],
  ])('%s is refused', async (_, subject) => {
    const { run } = createDeployWorld();
    const { code, stdout } = await run(['resolve', '--json', subject]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).problems).toMatchObject([
      { code: 'invalid-input', field: 'image or path' },
    ]);
  });
});
