import { promisify } from 'node:util';
import { gunzip, inflateRaw } from 'node:zlib';
import { badRequest } from './refusal.ts';

/** Larger than any real metadata file or unpacked sdist; a limit against archive bombs. */
const LARGEST_METADATA = 16 * 1024 * 1024;
const LARGEST_TAR = 1024 * 1024 * 1024;

const END_OF_CENTRAL_DIRECTORY = 0x06054b50;
const CENTRAL_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;

interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly compressedSize: number;
  readonly offset: number;
}

/**
 * Reads one file from a zip, through the central directory (APPNOTE.TXT §4.3). Returns `undefined`
 * if there is no such file. Throws a 400 for bytes that are not a zip, for the 64-bit variant, and
 * for a compression other than stored and deflated, the two that PyPI allows.
 */
export async function readZipEntry(zip: Buffer, name: string): Promise<Buffer | undefined> {
  const entry = centralDirectory(zip).find((candidate) => candidate.name === name);
  if (entry === undefined) return undefined;
  if (entry.offset + 30 > zip.length || zip.readUInt32LE(entry.offset) !== LOCAL_ENTRY)
    throw invalid('a zip entry is not where its directory says');
  const start =
    entry.offset + 30 + zip.readUInt16LE(entry.offset + 26) + zip.readUInt16LE(entry.offset + 28);
  const data = zip.subarray(start, start + entry.compressedSize);
  if (entry.method === 0) return data;
  try {
    return await promisify(inflateRaw)(data, { maxOutputLength: LARGEST_METADATA });
  } catch {
    throw invalid(`${name} cannot be unpacked`);
  }
}

function centralDirectory(zip: Buffer): ZipEntry[] {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || end + 22 > zip.length || zip.readUInt32LE(end) !== END_OF_CENTRAL_DIRECTORY)
    throw invalid('the file is not a zip');
  const count = zip.readUInt16LE(end + 10);
  let position = zip.readUInt32LE(end + 16);
  if (count === 0xffff || position === 0xffff_ffff)
    throw invalid('the 64-bit zip format is not for wheels of this index');
  const entries: ZipEntry[] = [];
  for (let index = 0; index < count; index++) {
    if (position + 46 > zip.length || zip.readUInt32LE(position) !== CENTRAL_ENTRY)
      throw invalid('the directory of the zip is damaged');
    const nameLength = zip.readUInt16LE(position + 28);
    const name = zip.toString('utf8', position + 46, position + 46 + nameLength);
    const method = zip.readUInt16LE(position + 10);
    if (method !== 0 && method !== 8)
      throw invalid(`${name} is compressed by a method other than deflate`);
    entries.push({
      name,
      method,
      compressedSize: zip.readUInt32LE(position + 20),
      offset: zip.readUInt32LE(position + 42),
    });
    position += 46 + nameLength + zip.readUInt16LE(position + 30) + zip.readUInt16LE(position + 32);
  }
  return entries;
}

/**
 * Reads one file from a gzipped tar (POSIX.1-2017 pax, ustar). Returns `undefined` if there is no
 * such file. Throws a 400 for other bytes.
 */
export async function readTarGzEntry(archive: Buffer, name: string): Promise<Buffer | undefined> {
  let tar: Buffer;
  try {
    tar = await promisify(gunzip)(archive, { maxOutputLength: LARGEST_TAR });
  } catch {
    throw invalid('the file is not a gzipped tar');
  }
  let position = 0;
  while (position + 512 <= tar.length) {
    const header = tar.subarray(position, position + 512);
    if (header.every((byte) => byte === 0)) return undefined;
    if (header.toString('latin1', 257, 262) !== 'ustar') throw invalid('the file is not a tar');
    const size = Number.parseInt(text(header, 124, 12), 8);
    if (!(size >= 0)) throw invalid('a tar header has no size');
    const prefix = text(header, 345, 155);
    const type = header[156] ?? 0;
    const path = prefix === '' ? text(header, 0, 100) : `${prefix}/${text(header, 0, 100)}`;
    if (path === name && (type === 0x30 || type === 0))
      return tar.subarray(position + 512, position + 512 + size);
    position += 512 + Math.ceil(size / 512) * 512;
  }
  return undefined;
}

function text(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end);
}

function invalid(reason: string): Error {
  return badRequest(`Invalid distribution file. ${reason}.`);
}
