// Registries on loopback, to try a release of one's own repository on: nothing leaves this machine.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalRegistries } from '@ameide/local-registries';
import { registryEnvironment, untilStopped, writeEnvironment } from './demo/environment.ts';
import { heading, line } from './demo/say.ts';

const usage =
  'Usage: npx -y pnpm@12 registries [OWNER/REPOSITORY…]\n  OWNER/REPOSITORY  creates an empty git repository for the mirror of a Go module (default:\n                    acme/sdk-go). GO_MIRROR is the first one; OCI_PREFIX ends with its owner.';
const repositories = process.argv.slice(2);
if (repositories.includes('--help')) {
  console.log(usage);
  process.exit(0);
}
if (repositories.some((name) => !/^\w[\w.-]*\/\w[\w.-]*$/.test(name))) {
  console.error(usage);
  process.exit(2);
}
const [mirror = 'acme/sdk-go'] = repositories;

const folder = await mkdtemp(join(tmpdir(), 'ameide-registries-'));
const registries = await startLocalRegistries({
  goRepositories: [mirror, ...repositories.slice(1)],
});
try {
  const variables = registryEnvironment(registries, mirror);
  const file = await writeEnvironment(folder, variables);
  heading('Registries on loopback, empty; stop with Ctrl-C');
  for (const name of [
    'NPM_REGISTRY',
    'PYPI_UPLOAD_URL',
    'PYPI_SIMPLE_URL',
    'GO_MIRROR',
    'OCI_PREFIX',
  ])
    line(`${name.padEnd(16)} ${variables[name]}`);
  line(`These and the tokens for them, in another shell: . ${file}`);
  await untilStopped();
} finally {
  await registries.stop();
  await rm(folder, { recursive: true, force: true });
}
