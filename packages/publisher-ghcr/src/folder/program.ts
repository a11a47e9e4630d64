import { type FileHandle, open } from 'node:fs/promises';

/** What Linux sees in a file that it is asked to run. */
export interface ProgramFacts {
  /** The system of a program that is not for Linux. */
  readonly system?: 'macOS' | 'Windows';
  /**
   * The absolute path of the program that Linux starts instead: that of a script (`#!/bin/sh`), or
   * the loader of a program with shared libraries.
   */
  readonly interpreter?: string;
  readonly isScript?: boolean;
}

/** Linux reads no more of a script's first line (fs/binfmt_script.c). */
const FIRST_LINE = 256;
const MOST_HEADERS = 64;
/** Mach-O of one architecture, in both byte orders and both widths (mach-o/loader.h). */
const MACH_O: ReadonlySet<number> = new Set([0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe]);
const MACH_O_UNIVERSAL = 0xcafebabe;

/** Reads how a program starts. */
export async function readProgram(path: Buffer): Promise<ProgramFacts> {
  const file = await open(path);
  try {
    const start = await readAt(file, 0, FIRST_LINE);
    if (start.length < 2) return {};
    if (start.toString('latin1', 0, 2) === '#!') return scriptFacts(start.toString());
    if (start.length < 64) return {};
    const magic = start.readUInt32BE();
    if (magic === 0x7f454c46) return await elfFacts(file, start);
    if (MACH_O.has(magic) || isUniversal(start)) return { system: 'macOS' };
    return (await isPortableExecutable(file, start)) ? { system: 'Windows' } : {};
  } finally {
    await file.close();
  }
}

function scriptFacts(start: string): ProgramFacts {
  const interpreter = /^#![ \t]*(\/[^ \t\n\0]*)/.exec(start)?.[1];
  return interpreter === undefined ? {} : { interpreter, isScript: true };
}

/** A Java class begins with the same four bytes; its version follows, 45 or higher. */
function isUniversal(start: Buffer): boolean {
  return start.readUInt32BE() === MACH_O_UNIVERSAL && start.readUInt32BE(4) < 45;
}

/** "MS-DOS Stub" and "Signature" in Microsoft's PE format. */
async function isPortableExecutable(file: FileHandle, start: Buffer): Promise<boolean> {
  if (start.toString('latin1', 0, 2) !== 'MZ') return false;
  return (await readAt(file, start.readUInt32LE(0x3c), 4)).toString('latin1') === 'PE\0\0';
}

/** Reads the path in the segment PT_INTERP (gABI, "Program Header", "Program Interpreter"). */
async function elfFacts(file: FileHandle, start: Buffer): Promise<ProgramFacts> {
  const [isWide, isLittle] = [start[4] === 2, start[5] === 1];
  const half = (from: Buffer, at: number): number =>
    isLittle ? from.readUInt16LE(at) : from.readUInt16BE(at);
  const word = (from: Buffer, at: number): number =>
    isLittle ? from.readUInt32LE(at) : from.readUInt32BE(at);
  const address = (from: Buffer, at: number): number => {
    if (!isWide) return word(from, at);
    return Number(isLittle ? from.readBigUInt64LE(at) : from.readBigUInt64BE(at));
  };
  const size = half(start, isWide ? 54 : 42);
  const count = Math.min(half(start, isWide ? 56 : 44), MOST_HEADERS);
  const table = await readAt(file, address(start, isWide ? 32 : 28), size * count);
  if (size < (isWide ? 56 : 32)) return {};
  for (let at = 0; at < table.length; ) {
    const header = table.subarray(at, at + size);
    at += size;
    if (header.length < size || word(header, 0) !== 3) continue;
    const offset = address(header, isWide ? 8 : 4);
    const length = Math.min(address(header, isWide ? 32 : 16), 4096);
    const [interpreter = ''] = (await readAt(file, offset, length)).toString().split('\0');
    return interpreter.startsWith('/') ? { interpreter } : {};
  }
  return {};
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
