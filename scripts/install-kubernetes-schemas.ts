// Makes the schemas that kubeconform reads without a network, unless they are there, of those in PyPI's kubernetes-validate.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { SCHEMAS_VERSION, schemasFolder } from '@ameide/local-registries';

const folder = schemasFolder();
if (existsSync(folder)) process.exit(0);

mkdirSync(dirname(folder), { recursive: true });
const scratch = mkdtempSync(`${folder}-`);
try {
  const wheel = `kubernetes-validate==${SCHEMAS_VERSION}`;
  run(['python3', '-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', scratch, wheel]);
  const [file = ''] = globSync('*.whl', { cwd: scratch });
  run(['python3', '-m', 'zipfile', '-e', join(scratch, file), scratch]);
  const version = `v${SCHEMAS_VERSION}-local-strict`;
  const schemas = join(scratch, 'kubernetes_validate/kubernetes-json-schema', version);
  for (const name of readdirSync(schemas)) fix(join(schemas, name));
  renameSync(schemas, folder);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Makes the references of a schema lead to the file beside it: as they are, they name a server. */
function fix(path: string): void {
  const schema = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  delete schema['$id'];
  const text = JSON.stringify(schema);
  writeFileSync(path, text.replaceAll('"/api/_definitions.json', '"_definitions.json'));
}

function run([program = '', ...args]: readonly string[]): void {
  const { status, error } = spawnSync(program, args, { stdio: 'inherit' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}`);
}
