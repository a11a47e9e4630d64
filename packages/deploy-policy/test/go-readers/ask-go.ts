/**
 * Asks the libraries that Kubernetes and container runtimes read with: sigs.k8s.io/yaml and
 * github.com/distribution/reference. One Go program does, which is built without a network.
 */
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { component } from '@ameide/local-registries/components';
import { onTestFinished } from 'vitest';

export interface Questions {
  /** Names of images. */
  readonly references?: readonly string[];
  /** Scalars without quotes. */
  readonly scalars?: readonly string[];
  /** Files of manifests. */
  readonly texts?: readonly string[];
}

export interface Answers {
  readonly references: readonly {
    readonly name?: string;
    readonly tag?: string;
    readonly digest?: string;
    readonly error?: string;
  }[];
  /** The JSON of a list with the scalar, or `error`. */
  readonly scalars: readonly string[];
  /** For each file, its documents. */
  readonly texts: readonly (readonly {
    readonly error?: string;
    readonly images?: readonly { readonly path: string; readonly image: unknown }[];
  }[])[];
}

const PROGRAM = new URL('main.go', import.meta.url);

const GO_MOD = `module readers
go 1.22
require (
	github.com/distribution/reference v0.6.0
	sigs.k8s.io/yaml v1.6.0
)
`;

/** Needs the components `go`, `go-yaml` and `go-reference`. */
export async function askGo(questions: Questions): Promise<Answers> {
  const cwd = await mkdtemp(join(tmpdir(), 'ameide-go-readers-'));
  onTestFinished(() => rm(cwd, { recursive: true }));
  await writeFile(join(cwd, 'go.mod'), GO_MOD);
  await copyFile(PROGRAM, join(cwd, 'main.go'));
  const env = {
    ...process.env,
    GOPROXY: `file://${component('go-yaml').path ?? ''}/cache/download`,
    GONOSUMDB: '*',
    GOFLAGS: '-mod=mod',
    GOWORK: 'off',
    GOTOOLCHAIN: 'local',
  };
  const answer = new Promise<string>((resolve, reject) => {
    const child = execFile(
      component('go').path ?? '',
      ['run', '-trimpath', '.'],
      { cwd, env, maxBuffer: 2 ** 28 },
      (error, stdout) => (error === null ? resolve(stdout) : reject(error)),
    );
    child.stdin?.end(JSON.stringify(questions));
  });
  return JSON.parse(await answer) as Answers;
}
