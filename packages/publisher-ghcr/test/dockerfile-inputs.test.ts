import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { needs } from '@ameide/local-registries/components';
import { describe, expect, test } from 'vitest';
import { parseConfigLabels } from '../src/image/manifest.ts';
import { type DockerfileOptions, ghcr } from '../src/index.ts';
import { withoutNetwork } from './engine-with.ts';
import { release, step, stepWith, tree } from './release.ts';

const SECRET = 'npm_4f6c0a1e-the-secret';

function publisherOf(dockerfile: Partial<DockerfileOptions>, env: NodeJS.ProcessEnv = process.env) {
  return ghcr({
    image: 'ghcr.io/a/b',
    dockerfile: { directory: 'image', ...dockerfile },
    token: '',
    ports: { env, docker: withoutNetwork },
  }).open(tree());
}

needs('docker-engine')('build arguments', () => {
  test('are values, variables of the release, and those that the Dockerfile declares', async () => {
    const Dockerfile = `FROM scratch
ARG VERSION NODE AMEIDE_SHA AMEIDE_GO_VERSION
LABEL version=$VERSION node=$NODE sha=$AMEIDE_SHA go=$AMEIDE_GO_VERSION
COPY Dockerfile /
`;
    const publisher = await publisherOf({
      buildArgs: { NODE: '24', VERSION: { env: 'AMEIDE_NPM_VERSION' } },
    });
    const environment = { AMEIDE_NPM_VERSION: '0.1.0-dev.1', AMEIDE_SHA: 'a-sha', PATH: '/bin' };
    const one = stepWith({ files: { 'image/Dockerfile': Dockerfile }, environment });
    const { value, problems } = await publisher.build(publisher.plan(release()), one);
    if (value === undefined) throw new Error(problems[0].message);
    const config = await readFile(value.blobs[0]?.path ?? '');
    expect(parseConfigLabels(config)).toMatchObject({
      version: '0.1.0-dev.1',
      node: '24',
      sha: 'a-sha',
      go: '',
    });
  });
});

describe('a plan notes', () => {
  async function notes(
    Dockerfile: string,
    dockerfile: Partial<DockerfileOptions>,
  ): Promise<readonly string[]> {
    const publisher = await publisherOf(dockerfile);
    const one = await step({ 'image/Dockerfile': Dockerfile });
    expect(await publisher.validate?.(publisher.plan(release()), one)).toEqual([]);
    return one.events.map(({ message }) => message);
  }

  test.each<[string, string, Partial<DockerfileOptions>, string[]]>([
    [
      'a build argument that no ARG declares',
      'FROM scratch\nARG GREETING\n',
      { buildArgs: { GREETNG: 'hello' } },
      [
        'oci:ghcr.io/a/b: dockerfile.buildArgs has "GREETNG", which no ARG of image/Dockerfile declares: the build ignores it. Did you mean "GREETING"?',
      ],
    ],
    [
      'a secret that no step mounts, and one that the definition lacks',
      'FROM scratch\nRUN --mount=type=secret,id=apikye x\n',
      { secrets: { apikey: { env: 'K' } } },
      [
        'oci:ghcr.io/a/b: dockerfile.secrets has "apikey", which no step of image/Dockerfile mounts. Did you mean "apikye"?',
        'oci:ghcr.io/a/b: A step of image/Dockerfile mounts the secret "apikye", which dockerfile.secrets does not have: the step runs without it.',
      ],
    ],
  ])('%s', async (_name, Dockerfile, options, expected) => {
    expect(await notes(Dockerfile, options)).toEqual(expected);
  });

  test.each<[string, string, Partial<DockerfileOptions>]>([
    ['in any case, with a default', 'arg A=1 B\nFROM scratch\n', { buildArgs: { A: '2', B: '3' } }],
    ['over several lines', 'FROM scratch\nARG \\\n  # so\n  A\n', { buildArgs: { A: '2' } }],
    ['with another escape', '# escape=`\nFROM scratch\nARG `\nA\n', { buildArgs: { A: '2' } }],
    ['that Docker defines', 'FROM scratch\n', { buildArgs: { HTTP_PROXY: 'http://p' } }],
    ['of another frontend', '# syntax=acme/x\nFROM scratch\n', { buildArgs: { A: '2' } }],
    [
      'of a mount by its target',
      'FROM scratch\nRUN --mount=type=secret,target=/x/npmrc,required x\n',
      { secrets: { npmrc: { env: 'N' } } },
    ],
    [
      'of a mount by a variable',
      'FROM scratch\nARG I\nRUN --mount=type=secret,id=$I x\n',
      { secrets: { npmrc: { env: 'N' } } },
    ],
  ])('nothing about an input %s', async (_name, Dockerfile, options) => {
    expect(await notes(Dockerfile, options)).toEqual([]);
  });
});

/** Prints the secret, and keeps its length. */
const PROGRAM = `package main
import ("fmt"; "os")
func main() {
  secret, err := os.ReadFile("/run/secrets/npmrc")
  fmt.Println("it says", string(secret), err)
  if len(os.Args) > 1 && os.Args[1] == "copy" { os.WriteFile("/copy", secret, 0o600); return }
  if len(os.Args) > 1 { fmt.Fprintln(os.Stderr, string(secret)); os.Exit(3) }
  os.WriteFile("/length", []byte(fmt.Sprint("of ", len(secret))), 0o644)
}
`;

needs('docker-engine', 'go')('a build secret', () => {
  async function build(run: string, env: NodeJS.ProcessEnv = { ...process.env, NPMRC: SECRET }) {
    const publisher = await publisherOf({ secrets: { npmrc: { env: 'NPMRC' } } }, env);
    // Steps that BuildKit has run before would print nothing.
    const files = {
      'image/Dockerfile': `FROM scratch\nCOPY . /\nRUN --mount=type=secret,id=npmrc ${run}\n`,
      'image/nonce': randomUUID(),
      'main.go': PROGRAM,
    };
    const one = await step(files);
    const target = join(one.checkout, 'image/tool');
    const argv = ['build', '-o', target, join(one.checkout, 'main.go')];
    await promisify(execFile)('go', argv, { env: { ...process.env, CGO_ENABLED: '0' } });
    await chmod(target, 0o755);
    const result = await publisher.build(publisher.plan(release()), one);
    return { ...result, log: one.events.map(({ message }) => message).join('\n') };
  }

  test('is seen by its step, and is in no layer, history or log', async () => {
    const { log, problems, value } = await build('["/tool"]');
    if (value === undefined) throw new Error(problems[0].message);
    expect(log).toContain('it says [secret] <nil>');
    expect(log).not.toContain(SECRET);
    const [config, ...layers] = await Promise.all(
      value.blobs.map(async ({ path }) => readFile(path)),
    );
    const contents = layers.map((layer) => gunzipSync(layer).toString('latin1'));
    expect(contents.join('')).toContain(`of ${SECRET.length}`);
    const manifest = await readFile(value.manifest.path);
    for (const content of [config, manifest, ...contents]) {
      expect(String(content)).not.toContain(SECRET);
      expect(String(content)).not.toContain(Buffer.from(SECRET).toString('base64').slice(0, 20));
    }
  });

  test('that a step leaves in a layer is a problem before anything is sent', async () => {
    const { problems } = await build('["/tool", "copy"]');
    expect(problems).toMatchObject([{ code: 'ghcr-secret-in-image' }]);
    expect(problems?.[0].message).toContain('"npmrc"');
  });

  test('is not shown by the problem of its step', async () => {
    const { log, problems } = await build('["/tool", "fail"]');
    expect(problems?.[0].message).toContain('it says [secret]');
    expect(JSON.stringify([log, problems])).not.toContain(SECRET);
  });
});

describe('a secret that is declared and not set', () => {
  test.each([{}, { NPMRC: '' }])('is a problem before the build: %j', async (env) => {
    const publisher = await publisherOf({ secrets: { npmrc: { env: 'NPMRC' } } }, env);
    const plan = publisher.plan(release());
    const found = { code: 'ghcr-secret-missing', kind: 'incomplete', rerun: 'after-fix' };
    const [problem] = (await publisher.checkTools?.(plan, await step())) ?? [];
    expect(problem).toMatchObject(found);
    expect(problem?.message).toContain('"npmrc", but NPMRC is not set');
    expect(await publisher.build(plan, await step())).toMatchObject({ problems: [found] });
  });
});

test.each<readonly [string, object]>([
  ['dockerfile.buildArgs.V', { buildArgs: { V: { env: 'NPM_TOKEN' } } }],
  ['dockerfile.buildArgs.V', { buildArgs: { V: ['a'] } }],
  ['dockerfile.secrets.npmrc', { secrets: { npmrc: 'NPM_TOKEN' } }],
  ['dockerfile.secrets.npmrc.env', { secrets: { npmrc: { env: 'A B' } } }],
  ['dockerfile.secrets.npmrc.file', { secrets: { npmrc: { file: '.npmrc' } } }],
])('%s: %j is refused', (field, more) => {
  const dockerfile = { directory: 'image', ...more } as DockerfileOptions;
  expect(() => ghcr({ image: 'ghcr.io/a/b', dockerfile })).toThrow(
    expect.objectContaining({
      name: 'InvalidInputError',
      field: expect.stringContaining(field) as string,
    }),
  );
});
