import type { ArchiveEntry } from '../archive/archive.ts';

// What has leaked from published packages: registry and git credentials, environment files, SSH
// keys, and all that a .git folder holds.
const SECRET_FILES =
  /^(?:\.npmrc|\.yarnrc(?:\.yml)?|\.pypirc|[._]netrc|\.git-credentials|\.dockercfg|\.env(?:\..*)?|\.envrc|id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?)$/i;
// A copy that an editor, or its user, left beside the file.
const COPY = /(?:~|\.(?:bak|old|orig|save))$/i;
const SECRET_PATHS = /(?:^|\/)(?:\.git\/|\.docker\/config\.json$|\.aws\/credentials$)/i;
// A template of an environment file is meant to be read.
const TEMPLATES = /^\.env\.(?:example|sample|template|dist|defaults?)$/i;
// Such a file may as well be a public certificate: RFC 7468's label says which.
const PEM_FILES = /\.(?:pem|key)$/i;
const PRIVATE_KEY = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/;

/**
 * True for a path whose file usually holds credentials: `.npmrc`, `.env`, `.netrc`, `id_ed25519`,
 * anything in `.git/`. Templates such as `.env.example` do not count.
 */
export function isSecretFile(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(COPY, '');
  return (SECRET_FILES.test(name) && !TEMPLATES.test(name)) || SECRET_PATHS.test(path);
}

/**
 * True for a path whose file may be a private key or a public certificate: `.pem`, `.key`.
 * `holdsPrivateKey` says which.
 */
export function isKeyFile(path: string): boolean {
  return PEM_FILES.test(path);
}

/**
 * True when the content has the label of a private key (RFC 7468 and its forerunners, OpenSSH,
 * OpenPGP).
 */
export function holdsPrivateKey(content: Uint8Array): boolean {
  return PRIVATE_KEY.test(
    Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('latin1'),
  );
}

/**
 * The paths of the files that look like they hold secrets: by their path, and `.pem` and `.key`
 * files by their content.
 */
export function secretFiles(files: readonly ArchiveEntry[]): readonly string[] {
  return files
    .filter(
      ({ path, content }) => isSecretFile(path) || (isKeyFile(path) && holdsPrivateKey(content)),
    )
    .map(({ path }) => path);
}
