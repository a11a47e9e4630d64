// Builds Sigstore's services into the cache for optional servers, unless they are there: about six minutes on two cores.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { optionalFolder } from '@ameide/local-registries';
import { parse } from 'yaml';
import { run } from './build/run.ts';

const FULCIO = 'github.com/sigstore/fulcio@v1.8.8';
/** The name that we give to each program, and its module: Go would call two of them `posix`. */
const PROGRAMS = {
  fulcio: FULCIO,
  'rekor-server': 'github.com/sigstore/rekor-tiles/v2/cmd/rekor-server/posix@v2.3.0',
  'timestamp-server': 'github.com/sigstore/timestamp-authority/v2/cmd/timestamp-server@v2.1.3',
  tesseract: 'github.com/transparency-dev/tesseract/cmd/tesseract/posix@v0.1.1',
};

const folder = optionalFolder('sigstore');
if (existsSync(join(folder, 'fulcio'))) process.exit(0);

mkdirSync(dirname(folder), { recursive: true });
const scratch = mkdtempSync(`${folder}-`);
try {
  const made = join(scratch, 'sigstore');
  mkdirSync(made);
  for (const [name, module] of Object.entries(PROGRAMS)) {
    console.log(`Building ${module}`);
    const bin = join(scratch, name);
    run(['go', 'install', module], { cwd: scratch, env: { GOBIN: bin } });
    renameSync(join(bin, readdirSync(bin)[0] ?? ''), join(made, name));
  }
  writeFileSync(join(made, 'github-workflow.json'), JSON.stringify(rulesOfGithub()));
  rmSync(folder, { recursive: true, force: true });
  renameSync(made, folder);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** How the public Fulcio makes a certificate of a token of GitHub Actions, from its own configuration. */
function rulesOfGithub(): object {
  const { Dir } = JSON.parse(run(['go', 'mod', 'download', '-json', FULCIO], { cwd: scratch })) as {
    readonly Dir: string;
  };
  const text = readFileSync(join(Dir, 'config/identity/config.yaml'), 'utf8');
  // A colon right after an alias is a part of its name in YAML 1.2; for Go's parser it is not.
  const config = parse(text.replace(/^( *\*[\w-]+):/gm, '$1 :')) as {
    readonly 'ci-issuer-metadata': Readonly<Record<string, object>>;
  };
  const rules = config['ci-issuer-metadata']['github-workflow'];
  if (rules === undefined) throw new Error(`${FULCIO} has no rules for GitHub Actions`);
  return rules;
}
