import { gzip } from '@ameide/publisher-kit';
import { gunzip } from './archive.ts';
import { BLOCK, paxRecords, type TarMember, tarMembers } from './tar.ts';

// What depends on the machine and the moment: dropped from pax records.
const MACHINE_KEYS: ReadonlySet<string> = new Set([
  'mtime',
  'atime',
  'ctime',
  'uid',
  'gid',
  'uname',
  'gname',
]);

/**
 * The same sdist with times, owners and modes that depend on the commit alone: setuptools, for one,
 * writes the build's own time into every header, so that two builds of one commit differ. Paths,
 * contents and order stay. `seconds`: Unix time for all members.
 */
export async function reproducibleSdist(bytes: Uint8Array, seconds: number): Promise<Uint8Array> {
  const blocks: Uint8Array[] = [];
  for await (const member of tarMembers(gunzip(bytes)))
    blocks.push(...memberBlocks(member, await member.content(), seconds));
  return await gzip(Buffer.concat([...blocks, new Uint8Array(BLOCK * 2)]));
}

function memberBlocks(
  member: TarMember,
  content: Uint8Array,
  seconds: number,
): readonly Uint8Array[] {
  if (member.type === 'x' || member.type === 'g') {
    const kept = paxRecords(content).filter(([key]) => !MACHINE_KEYS.has(key));
    if (kept.length === 0) return [];
    const records = Buffer.concat(kept.map(([key, value]) => paxRecord(key, value)));
    return [header(member, records.length, seconds), records, padding(records.length)];
  }
  return [header(member, content.length, seconds), content, padding(content.length)];
}

function header(member: TarMember, size: number, seconds: number): Uint8Array {
  const block = Buffer.from(member.header);
  const isExecutable = (Number.parseInt(block.toString('latin1', 100, 107), 8) & 0o100) !== 0;
  writeOctal(block, 100, 8, member.type === '5' || isExecutable ? 0o755 : 0o644);
  writeOctal(block, 108, 8, 0);
  writeOctal(block, 116, 8, 0);
  writeOctal(block, 124, 12, size);
  writeOctal(block, 136, 12, seconds);
  block.fill(0, 265, 329);
  // POSIX: the checksum is the sum of all bytes, its own eight counted as spaces.
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function writeOctal(block: Buffer, at: number, width: number, value: number): void {
  block.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'latin1');
}

function padding(size: number): Uint8Array {
  return new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);
}

/** `<length> key=value\n`, where the length counts its own digits. */
function paxRecord(key: string, value: string): Uint8Array {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes + 1;
  while (String(length).length + bytes !== length) length += 1;
  return Buffer.from(`${length}${rest}`);
}
