import { createHash } from 'node:crypto';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';

export interface DistributionSettings {
  readonly name?: string;
  readonly version?: string;
  /** Stands in the file's own metadata in place of `name` or `version`. */
  readonly metadataName?: string;
  readonly metadataVersion?: string;
  readonly requiresPython?: string;
  readonly fields?: readonly string[];
  /** The content of the one module, so that two builds can differ. */
  readonly module?: string;
}

export interface Distribution {
  readonly fileName: string;
  readonly bytes: Buffer;
  readonly type: 'bdist_wheel' | 'sdist';
  readonly metadata: string;
}

/** A wheel with one module, METADATA, WHEEL and RECORD; METADATA is deflated, the rest stored. */
export function wheel(settings: DistributionSettings = {}): Distribution {
  const { stem, module, metadata } = parts(settings);
  const bytes = zip([
    [`${module}/__init__.py`, settings.module ?? 'X = 1\n', false],
    [`${stem}.dist-info/METADATA`, metadata, true],
    [
      `${stem}.dist-info/WHEEL`,
      'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
      false,
    ],
    [
      `${stem}.dist-info/RECORD`,
      `${module}/__init__.py,,\n${stem}.dist-info/METADATA,,\n${stem}.dist-info/WHEEL,,\n${stem}.dist-info/RECORD,,\n`,
      false,
    ],
  ]);
  return { fileName: `${stem}-py3-none-any.whl`, bytes, type: 'bdist_wheel', metadata };
}

export function sdist(settings: DistributionSettings = {}): Distribution {
  const { stem, metadata } = parts(settings);
  const bytes = gzipSync(
    Buffer.concat([
      tarEntry(`${stem}/README`, settings.module ?? 'readme'),
      tarEntry(`${stem}/PKG-INFO`, metadata),
      Buffer.alloc(1024),
    ]),
  );
  return { fileName: `${stem}.tar.gz`, bytes, type: 'sdist', metadata };
}

/**
 * The form that a client sends for a file, with `changes` laid over it; `null` takes a field out.
 */
export function uploadForm(
  file: Distribution,
  settings: DistributionSettings = {},
  changes: Readonly<Record<string, string | null>> = {},
): FormData {
  const fields: Record<string, string | null> = {
    ':action': 'file_upload',
    protocol_version: '1',
    metadata_version: '2.1',
    name: settings.name ?? 'demo-pkg',
    version: settings.version ?? '1.0',
    filetype: file.type,
    pyversion: file.type === 'sdist' ? 'source' : 'py3',
    sha256_digest: createHash('sha256').update(file.bytes).digest('hex'),
    ...changes,
  };
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value !== null) form.append(name, value);
  form.append(
    'content',
    new File([new Uint8Array(file.bytes)], file.fileName, { type: 'application/octet-stream' }),
  );
  return form;
}

function parts(settings: DistributionSettings): { stem: string; module: string; metadata: string } {
  const { name = 'demo-pkg', version = '1.0' } = settings;
  const module = name.toLowerCase().replaceAll(/[-_.]+/g, '_');
  const lines = [
    'Metadata-Version: 2.1',
    `Name: ${settings.metadataName ?? name}`,
    `Version: ${settings.metadataVersion ?? version}`,
    ...(settings.requiresPython === undefined
      ? []
      : [`Requires-Python: ${settings.requiresPython}`]),
    ...(settings.fields ?? []),
  ];
  return {
    stem: `${module}-${version}`,
    module,
    metadata: `${lines.join('\n')}\n\nThe description.\nName: not-a-field\n`,
  };
}

function zip(
  files: readonly (readonly [name: string, content: string, deflate: boolean])[],
): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, text, deflate] of files) {
    const content = Buffer.from(text);
    const data = deflate ? deflateRawSync(content) : content;
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(deflate ? 8 : 0, 4);
    shared.writeUInt16LE(0x21, 8);
    shared.writeUInt32LE(crc32(content), 10);
    shared.writeUInt32LE(data.length, 14);
    shared.writeUInt32LE(content.length, 18);
    shared.writeUInt16LE(Buffer.byteLength(name), 22);
    const entry = Buffer.concat([Buffer.from('PK\x03\x04'), shared, Buffer.from(name), data]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    central.push(
      Buffer.concat([
        Buffer.from('PK\x01\x02'),
        Buffer.from([20, 0]),
        shared,
        tail,
        Buffer.from(name),
      ]),
    );
    local.push(entry);
    offset += entry.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...local, directory, Buffer.from('PK\x05\x06'), end]);
}

function tarEntry(path: string, content: string): Buffer {
  const data = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${data.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}
