import { closeSync, openSync, readSync } from 'node:fs';
import type { ArchiveEntry, ArchiveLink } from '../archive/entry.ts';

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
export function secretFiles(entries: readonly (ArchiveEntry | ArchiveLink)[]): readonly string[] {
  return entries
    .filter((entry) => isSecretFile(entry.path) || (isKeyFile(entry.path) && isPrivateKey(entry)))
    .map(({ path }) => path);
}

/** A link's file is an entry of its own. */
function isPrivateKey(entry: ArchiveEntry | ArchiveLink): boolean {
  if (!('content' in entry)) return false;
  const { content } = entry;
  return content instanceof Uint8Array ? holdsPrivateKey(content) : isKeyOnDisk(content.file);
}

const PIECE_BYTES = 1 << 20;
/** Of the longest label, and more: a label may lie across two pieces. */
const OVERLAP_BYTES = 256;

/** Piece by piece: a presentation's `.key` file may have gigabytes. */
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
