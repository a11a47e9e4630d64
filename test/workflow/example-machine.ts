import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  AmeideRepository,
  Registries,
} from '../../packages/release/test/support/ameide-world.ts';
import type { Machine } from './runner.ts';

const PROGRAM = join(import.meta.dirname, '../../packages/release/src/bin.ts');

/** This machine as a runner: no token in the environment, and no program but those of the system. */
export async function exampleMachine(
  { directory, trust }: AmeideRepository,
  { env }: Registries,
): Promise<Machine> {
  const { NPM_TOKEN, GO_MIRROR_TOKEN, OCI_USER, OCI_TOKEN, ...rest } = env;
  const home = join(directory, '..');
  const bin = join(home, 'bin');
  await mkdir(bin, { recursive: true });
  // The packages are not on npm, so the example cannot require them: `pnpm exec` finds this program.
  await symlink(PROGRAM, join(bin, 'ameide-release'));
  return {
    home,
    env: { ...rest, PATH: `${bin}:/usr/bin:/bin` },
    secrets: given({ NPM_TOKEN, GO_MIRROR_TOKEN }),
    packages: given({ OCI_USER, OCI_TOKEN }),
    identity: ({ name, ref, repository, sha }, environment) =>
      trust.issuer.startJob({ event_name: name, ref, repository, sha, environment }),
    // For the same reason nobody can install them.
    standIns: {
      'Install the publisher': [
        'mkdir -p publisher/node_modules/.bin',
        `ln -s '${PROGRAM}' publisher/node_modules/.bin/ameide-release`,
      ].join('\n'),
    },
  };
}

function given(all: Readonly<Record<string, string | undefined>>): Record<string, string> {
  for (const [name, value] of Object.entries(all))
    if (value === undefined) throw new Error(`the registries have no ${name}`);
  return all as Record<string, string>;
}
