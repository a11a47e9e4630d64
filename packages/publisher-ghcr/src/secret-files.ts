import type { Problem } from '@ameide/versioning-core';
import { printable } from '@ameide/versioning-core';
import { problem } from './problems.ts';

/** Folders that are never part of an image made from files. */
const LEFT_OUT = new Set(['.git', 'node_modules']);
const SECRET = /^(?:\.npmrc|\.yarnrc\.yml|\.pypirc|\.netrc|\.git-credentials|\.dockercfg|\.env(?:\..+)?|id_(?:rsa|dsa|ecdsa|ed25519))$/i;
const HARMLESS = /^\.env\.(?:example|sample|template|defaults?)$/i;

/** True for a path that an image leaves out without a word. */
export function isLeftOut(path: string): boolean {
  return path.split('/').some((part) => LEFT_OUT.has(part));
}

/** True for a file that usually holds credentials: `.npmrc`, `.env`, `.netrc`, private keys. */
function isSecretFile(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return SECRET.test(name) && !HARMLESS.test(name);
}

/** The refusal, when one of the paths is such a file: an image that was pulled once cannot be called back. */
export function secretFileProblem(paths: readonly string[], image: string): Problem | undefined {
  const found = paths.filter((path) => isSecretFile(path));
  if (found.length === 0) return undefined;
  const names = found
    .slice(0, 5)
    .map((path) => printable(path))
    .join(', ');
  return problem('ghcr-secret-file', 'input', `${image} would hold ${names}, which usually has credentials.`, {
    hint: 'Move it out of the directory, or delete it before the files are packed.',
  });
}
