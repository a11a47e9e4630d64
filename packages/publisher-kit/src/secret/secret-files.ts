import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import type { ArchiveEntry, ArchiveLink } from '../archive/entry.ts';
import { holdsKeyLabel, holdsPrivateKey } from './private-key.ts';

// Files that have leaked from published packages, and that secret scanners (gitleaks, gitrob,
// TruffleHog, GitHub) know by their names: registry and git credentials, environment files, SSH keys,
// logins of databases and clouds, histories of shells, and everything in a .git folder.
const SECRET_FILES = new RegExp(
  `^(?:${[
    String.raw`\.npmrc|\.yarnrc(?:\.yml)?|\.pypirc|[._]netrc|\.git-credentials|\.dockercfg|\.dockerconfigjson`,
    String.raw`\.env(?:\..*)?|\.envrc|[\w-]+\.env`,
    String.raw`id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?`,
    String.raw`\.pgpass|pgpass\.conf|\.my(?:login)?\.cnf|\.htpasswd|\.s3cfg|\.boto|\.ftpconfig|sftp-config\.json|rclone\.conf`,
    String.raw`(?:[\w-]+[._-])?credentials\.json|client_secret[\w.-]*\.json|credentials\.tfrc\.json|\.terraformrc|\.vault-token|\.vault_pass(?:\.txt)?`,
    String.raw`.*\.tfstate(?:\.backup)?|kubeconfig|.*\.kubeconfig|master\.key`,
    String.raw`.*\.(?:p12|pfx|pkcs12|jks|jceks|bks|keystore|kdbx?|ppk|ovpn)|secring\.gpg`,
    String.raw`\.[a-z_]+_history`,
  ].join('|')})$`,
  'i',
);
// Copies that an editor or a person leaves next to a file.
const COPY = /(?:~|\.(?:bak|old|orig|save))$/i;
const SECRET_PATHS = new RegExp(
  `(?:^|/)(?:${[
    String.raw`\.git/`,
    String.raw`\.docker/config\.json$|\.(?:aws|gem)/credentials$|\.cargo/credentials(?:\.toml)?$|\.kube/config$`,
    String.raw`\.azure/(?:accessTokens|msal_token_cache|azureProfile)\.json$|\.config/(?:gh/hosts\.yml|hub|gcloud/.*)$`,
    String.raw`\.m2/settings(?:-security)?\.xml$|\.gradle/gradle\.properties$|\.(?:config/)?composer/auth\.json$`,
    String.raw`\.gnupg/private-keys-v1\.d/|\.vscode/sftp\.json$`,
  ].join('|')})`,
  'i',
);
// Templates of environment files are meant for reading, and the others are public.
const PUBLIC =
  /^(?:\.env(?:\..+)?\.(?:example|sample|template|tmpl|dist|defaults?|schema|vault)|\.env\.(?:example|sample|template|tmpl|dist|defaults?|schema|vault)|(?:[\w-]*[_-])?(?:example|sample|template|dist|defaults?)\.env|debug\.keystore)$/i;
// These may also be public certificates, or slides; the label (RFC 7468) in the file decides.
const PEM_FILES = /\.(?:pem|key)$/i;

/**
 * True for a path that usually contains credentials: `.npmrc`, `prod.env`, `.netrc`, `id_ed25519`,
 * `.kube/config`, `release.p12`, anything in `.git/`. False for templates such as `.env.example`.
 */
export function isSecretFile(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(COPY, '');
  return (SECRET_FILES.test(name) && !PUBLIC.test(name)) || SECRET_PATHS.test(path);
}

/** True for a path that may be a private key by its name. */
export function isNamedKey(path: string): boolean {
  return /\.(?:pem|key|p8|asc|gpg|crt|cert|ssh|rsa|der|pkey|priv)$/i.test(path);
}

/**
 * True if the content makes a file of this path one that must not be published by mistake: it holds a
 * private key. In a `.pem` or `.key` the label alone is one; elsewhere it may be documentation, or
 * code that looks for keys.
 */
export function isKeyFile(path: string, content: Uint8Array): boolean {
  return PEM_FILES.test(path) ? holdsKeyLabel(content) : holdsPrivateKey(content);
}

/** Returns the paths of files that look like secrets: judging by the path, and by the content. */
export function secretFiles(entries: readonly (ArchiveEntry | ArchiveLink)[]): readonly string[] {
  // One for all files: each MiB that is left behind brings the next collection of garbage nearer.
  const memory = new Uint8Array(PIECE_BYTES);
  return entries
    .filter((entry) => isSecretFile(entry.path) || isPrivateKey(entry, memory))
    .map(({ path }) => path);
}

/** Links are skipped: their files have their own entries. */
function isPrivateKey(entry: ArchiveEntry | ArchiveLink, memory: Uint8Array): boolean {
  if (!('content' in entry)) return false;
  const { content, path } = entry;
  if (content instanceof Uint8Array) return isKeyFile(path, content);
  // A name that is not UTF-8 cannot be opened, and cannot be published.
  return existsSync(content.file) && isKeyOnDisk(path, content.file, memory);
}

const PIECE_BYTES = 1 << 20;
/** More than the longest key, because one may span two pieces. */
const OVERLAP_BYTES = 1 << 15;

/** Reads in pieces: a file may have gigabytes. */
function isKeyOnDisk(path: string, onDisk: string, piece: Uint8Array): boolean {
  const file = openSync(onDisk, 'r');
  try {
    for (let kept = 0; ; ) {
      const length = readSync(file, piece, kept, piece.length - kept, null);
      if (length === 0) return false;
      const end = kept + length;
      if (isKeyFile(path, piece.subarray(0, end))) return true;
      kept = Math.min(end, OVERLAP_BYTES);
      piece.copyWithin(0, end - kept, end);
    }
  } finally {
    closeSync(file);
  }
}
