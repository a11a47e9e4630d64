import { createHash } from 'node:crypto';
import type { ZipEntry } from '@ameide/publisher-kit';
import type { ModuleFile } from './python-package.ts';

const WHEEL = `Wheel-Version: 1.0
Generator: ameide-publisher-pypi
Root-Is-Purelib: true
Tag: py3-none-any
`;

/**
 * Returns the members of a wheel with one module (wheel specification): `*.dist-info` last, as the
 * specification recommends, and RECORD with the digest of every other member.
 */
export function wheelEntries(
  module: string,
  files: readonly ModuleFile[],
  about: { readonly distInfo: string; readonly metadata: string },
): readonly ZipEntry[] {
  const { distInfo, metadata } = about;
  const encoder = new TextEncoder();
  const entries = [
    ...files.map((file) => ({ ...file, path: `${module}/${file.path}` })),
    { path: `${distInfo}/METADATA`, content: encoder.encode(metadata) },
    { path: `${distInfo}/WHEEL`, content: encoder.encode(WHEEL) },
  ];
  const path = `${distInfo}/RECORD`;
  const record = [...entries.map(recordLine), `${field(path)},,\n`].join('');
  return [...entries, { path, content: encoder.encode(record) }];
}

function recordLine({ content, path }: ZipEntry): string {
  const digest = createHash('sha256').update(content).digest('base64url');
  return `${field(path)},sha256=${digest},${content.length}\n`;
}

/** RECORD is CSV. */
function field(path: string): string {
  return /[",\r\n]/.test(path) ? `"${path.replaceAll('"', '""')}"` : path;
}
