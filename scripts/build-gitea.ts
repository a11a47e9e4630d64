// Builds Gitea into the cache for optional servers, unless it is there: five minutes on two cores.
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { optionalFolder } from '@ameide/local-registries';
import { run } from './build/run.ts';

/** Its go.mod replaces modules, so `go install` does not take it. */
const MODULE = 'code.gitea.io/gitea@v1.26.0';
/** What the program reads beside itself when it is built without its web assets. */
const FOLDERS = ['options', 'public', 'templates'];

const folder = optionalFolder('gitea');
if (existsSync(join(folder, 'gitea'))) process.exit(0);

mkdirSync(dirname(folder), { recursive: true });
const scratch = mkdtempSync(`${folder}-`);
try {
  const source = join(scratch, 'source');
  cpSync(download(), source, { recursive: true });
  run(['chmod', '-R', 'u+w', source], { cwd: scratch });
  console.log('Building Gitea: some five minutes, once.');
  const made = join(scratch, 'gitea');
  const output = join(made, 'gitea');
  run(['go', 'build', '-trimpath', '-tags', 'sqlite sqlite_unlock_notify', '-o', output, '.'], {
    cwd: source,
  });
  for (const name of FOLDERS) renameSync(join(source, name), join(made, name));
  rmSync(folder, { recursive: true, force: true });
  renameSync(made, folder);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** The folder of Go's module cache that holds the source. */
function download(): string {
  const { Dir } = JSON.parse(run(['go', 'mod', 'download', '-json', MODULE], { cwd: scratch })) as {
    readonly Dir: string;
  };
  return Dir;
}
