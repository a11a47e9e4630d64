import { closeSync, openSync, readSync } from 'node:fs';
import type { ArchiveEntry, ArchiveLink } from '../archive/entry.ts';

// Files that have leaked from published packages: registry and git credentials, environment files,
// SSH keys, and everything in a .git folder.
const SECRET_FILES =
  /^(?:\.npmrc|\.yarnrc(?:\.yml)?|\.pypirc|[._]netrc|\.git-credentials|\.dockercfg|\.env(?:\..*)?|\.envrc|id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?)$/i;
// Endings of copies that an editor or a person leaves next to a file.
const COPY = /(?:~|\.(?:bak|old|orig|save))$/i;
const SECRET_PATHS = /(?:^|\/)(?:\.git\/|\.docker\/config\.json$|\.aws\/credentials$)/i;
// Templates of environment files are meant for reading.
const TEMPLATES = /^\.env\.(?:example|sample|template|dist|defaults?)$/i;
// These may also be public certificates; the label (RFC 7468) in the file tells.
const PEM_FILES = /\.(?:pem|key)$/i;
const PRIVATE_KEY = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/;

/**
 * True for a path that usually contains credentials: `.npmrc`, `.env`, `.netrc`, `id_ed25519`,
 * anything in `.git/`. False for templates such as `.env.example`.
 */
export function isSecretFile(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(COPY, '');
  return (SECRET_FILES.test(name) && !TEMPLATES.test(name)) || SECRET_PATHS.test(path);
}

/**
 * True for a path that may be a private key or a public certificate: `.pem`, `.key`.
 * `holdsPrivateKey` tells which.
 */
export function isKeyFile(path: string): boolean {
  return PEM_FILES.test(path);
}

/**
 * True if the content has the label of a private key (RFC 7468 and its predecessors, OpenSSH,
 * OpenPGP).
 */
export function holdsPrivateKey(content: Uint8Array): boolean {
  return PRIVATE_KEY.test(
    Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('latin1'),
  );
}

/**
 * Returns the paths of files that look like secrets: judging by the path, and by the content of
 * `.pem` and `.key` files.
 */
export function secretFiles(entries: readonly (ArchiveEntry | ArchiveLink)[]): readonly string[] {
  return entries
    .filter((entry) => isSecretFile(entry.path) || (isKeyFile(entry.path) && isPrivateKey(entry)))
    .map(({ path }) => path);
}

/** Links are skipped: their files have their own entries. */
function isPrivateKey(entry: ArchiveEntry | ArchiveLink): boolean {
  if (!('content' in entry)) return false;
  const { content } = entry;
  return content instanceof Uint8Array ? holdsPrivateKey(content) : isKeyOnDisk(content.file);
}

const PIECE_BYTES = 1 << 20;
/** More than the longest label, because a label may span two pieces. */
const OVERLAP_BYTES = 256;

/** Reads in pieces: a presentation's `.key` file may have gigabytes. */
function isKeyOnDisk(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const piece = new Uint8Array(PIECE_BYTES);
    for (let kept = 0; ; ) {
      const length = readSync(file, piece, kept, piece.length - kept, null);
      if (length === 0) return false;
      const end = kept + length;
      if (holdsPrivateKey(piece.subarray(0, end))) return true;
      kept = Math.min(end, OVERLAP_BYTES);
      piece.copyWithin(0, end - kept, end);
    }
  } finally {
    closeSync(file);
  }
}
