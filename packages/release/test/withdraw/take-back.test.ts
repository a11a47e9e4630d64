import { parsePointer } from '@ameide/versioning-core';
import { expect, test } from 'vitest';
import { takeBack } from '../../src/withdraw/take-back.ts';

const SHA = 'a'.repeat(40) as never;
const DIGEST = `sha256:${'b'.repeat(64)}`;

test.each([
  // What a release has published: only that `move-pointer` takes.
  [
    'npm:@acme/sdk@latest',
    '0.2.0',
    SHA,
    "ameide-release move-pointer 'npm:@acme/sdk@latest' --to 0.2.0 --from 0.1.0",
  ],
  // What another tool has published, with or without a commit.
  [
    'npm:@acme/sdk@latest',
    '2.3.1',
    SHA,
    "npm dist-tag add '@acme/sdk@2.3.1' latest --registry https://registry.example/",
  ],
  [
    'npm:@acme/sdk@latest',
    '2.3.1',
    undefined,
    "npm dist-tag add '@acme/sdk@2.3.1' latest --registry https://registry.example/",
  ],
  ['oci:ghcr.io/acme/sdk:latest', '2.3.1', undefined, 'crane tag ghcr.io/acme/sdk:2.3.1 latest'],
  [
    'oci:ghcr.io/acme/sdk:latest',
    DIGEST,
    undefined,
    `crane tag 'ghcr.io/acme/sdk@${DIGEST}' latest`,
  ],
] as const)('%s from %s', (pointer, from, sha, command) => {
  const named = { ...parsePointer(pointer), version: '0.1.0' };
  const found = { pointer: named, version: from, ...(sha === undefined ? {} : { sha }) };
  const registry = 'https://registry.example/';
  const moved = { found, to: '0.1.0', registry, only: '', tagged: new Set(['0.2.0']) };
  expect(takeBack(moved).replaceAll("'", '')).toBe(command.replaceAll("'", ''));
});
