import { configuration } from '@ameide/publisher-configuration';
import { ghcr } from '@ameide/publisher-ghcr';
import { goModule } from '@ameide/publisher-go';
import type { Http, Processes, Sleep } from '@ameide/publisher-kit';
import { npm } from '@ameide/publisher-npm';
import { pypi } from '@ameide/publisher-pypi';
import { defineRelease, type ReleaseDefinition } from '@ameide/release';
import { REPOSITORY } from '../demo/repository.ts';

/** What replaces the publishers' own clock and network in a run of this process. */
export interface Ports {
  readonly http?: Http;
  readonly processes?: Processes;
  readonly sleep?: Sleep;
  readonly uploadTimeoutMs?: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The example's `release.config.json` with these ports. It leaves platforms and signatures out: the SDK's
 * image has two platforms, the others have one, where the example's have eight each; one package of npm, the
 * Python project and the SDK's image are signed, where all of the example's are, and the mirror of the Go module
 * is not. More would, but for that, only repeat the same steps.
 */
export function exampleDefinition(env: Environment, ports: Ports = {}): ReleaseDefinition {
  const { NPM_REGISTRY: registry = '', OCI_PREFIX: prefix = '' } = env;
  const image = (name: string): string => `${prefix}/${name}`;
  const { processes, uploadTimeoutMs, ...network } = ports;
  const npmTarget = {
    registry,
    token: env['NPM_TOKEN'] ?? '',
    ports: { ...network, env, ...(uploadTimeoutMs === undefined ? {} : { uploadTimeoutMs }) },
    access: 'public',
  } as const;
  const oci = {
    user: env['OCI_USER'] ?? '',
    token: env['OCI_TOKEN'] ?? '',
    ports: { ...network, env },
    platform: 'linux/amd64',
  };
  const git = { ...network, ...(processes === undefined ? {} : { processes }) };
  return defineRelease({
    versionFile: 'packages/ameide_sdk_ts/package.json',
    repository: REPOSITORY,
    identity: { repository: REPOSITORY, workflow: '.github/workflows/publish-packages.yml' },
    sigstore: JSON.parse(env['SIGSTORE'] ?? '{}'),
    prepare: [['pnpm', 'install', '--frozen-lockfile', '--prefer-offline']],
    publishers: [
      npm({
        directory: 'packages/ameide_sdk_ts',
        build: ['pnpm', 'run', 'build'],
        provenance: true,
        ...npmTarget,
      }),
      pypi({
        directory: 'packages/ameide_sdk_python',
        uploadUrl: env['PYPI_UPLOAD_URL'] ?? '',
        simpleUrl: env['PYPI_SIMPLE_URL'] ?? '',
        trustedPublishing: true,
        attestations: true,
        ports: { ...network, env },
      }),
      goModule({
        directory: 'packages/ameide_sdk_go',
        mirror: env['GO_MIRROR'] ?? '',
        token: env['GO_MIRROR_TOKEN'] ?? '',
        ports: git,
      }),
      ghcr({
        ...oci,
        image: image('ameide-sdk-ts'),
        files: 'packages/ameide_sdk_ts',
        build: ['pnpm', 'run', 'build'],
        platform: ['linux/amd64', 'linux/arm64'],
        sign: 'keyless',
      }),
      ghcr({ ...oci, image: image('ameide-sdk-go'), files: 'packages/ameide_sdk_go' }),
      ghcr({ ...oci, image: image('ameide-sdk-python'), files: 'packages/ameide_sdk_python' }),
      configuration({
        directory: 'packages/ameide_configuration',
        schemas: { '/configuration.yaml': 'configuration.schema.json' },
        overlays: { 'environments/': 'configuration.yaml' },
        carriers: [
          npm.bundle('@ameideio/configuration', npmTarget),
          ghcr.bundle(image('configuration'), oci),
        ],
      }),
    ],
  });
}
