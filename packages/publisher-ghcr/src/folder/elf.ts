import { open } from 'node:fs/promises';

/**
 * By e_machine of the ELF header (gABI, "ELF Header"): the little-endian architecture, then the
 * big-endian one.
 */
const MACHINES: Readonly<Record<number, readonly [string, string]>> = {
  3: ['386', '386'],
  8: ['mipsle', 'mips'],
  21: ['ppc64le', 'ppc64'],
  22: ['s390x', 's390x'],
  40: ['arm', 'arm'],
  62: ['amd64', 'amd64'],
  183: ['arm64', 'arm64'],
  243: ['riscv64', 'riscv64'],
  258: ['loong64', 'loong64'],
};
const HEADER = 20;

/** Returns the architecture of a Linux program or library, in Go's words; else undefined. */
export function architectureOf(header: Uint8Array): string | undefined {
  const bytes = Buffer.from(header.buffer, header.byteOffset, header.length);
  if (bytes.length < HEADER || bytes.readUInt32BE() !== 0x7f454c46) return undefined;
  const [wide, isLittle] = [bytes[4] === 2, bytes[5] === 1];
  const names = MACHINES[isLittle ? bytes.readUInt16LE(18) : bytes.readUInt16BE(18)];
  const name = names?.[isLittle ? 0 : 1];
  return wide && name?.startsWith('mips') ? name.replace('mips', 'mips64') : name;
}

/** As `architectureOf`, of a file on disk. */
export async function architectureOfFile(path: Buffer): Promise<string | undefined> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(HEADER), 0, HEADER, 0);
    return architectureOf(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}
