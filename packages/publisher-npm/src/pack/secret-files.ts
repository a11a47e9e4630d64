import type { ArchiveEntry } from '@ameide/publisher-kit';

// What has leaked from published packages: registry and git credentials, environment files, SSH keys.
const SECRET_FILES =
  /^(?:\.npmrc|\.yarnrc(?:\.yml)?|\.pypirc|\.netrc|_netrc|\.git-credentials|\.env(?:\..*)?|\.envrc|id_(?:rsa|dsa|ecdsa|ed25519))$/i;
// A template of an environment file is meant to be read.
const TEMPLATES = /^\.env\.(?:example|sample|template|dist)$/i;
// Such a file may as well be a public certificate: RFC 7468's label tells.
const PEM_FILES = /\.(?:pem|key)$/i;
const PRIVATE_KEY = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/;

/** The paths of the files that look like they hold secrets: by the last part of their name, and for PEM files by their label. */
export function secretFiles(files: readonly ArchiveEntry[]): readonly string[] {
  return files.filter(({ path, content }) => isSecret(path.slice(path.lastIndexOf('/') + 1), content)).map(({ path }) => path);
}

function isSecret(name: string, content: Uint8Array): boolean {
  if (PEM_FILES.test(name)) return PRIVATE_KEY.test(Buffer.from(content).toString('latin1'));
  return SECRET_FILES.test(name) && !TEMPLATES.test(name);
}
