import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { afterAll, expect, test } from 'vitest';
import { reproducibleSdist } from '../src/distribution/reproducible-sdist.ts';
import { sdistMembers } from './world.ts';

const folder = mkdtempSync(join(tmpdir(), 'sdist-'));
afterAll(() => rmSync(folder, { recursive: true }));

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** An sdist as Python's tarfile writes it, with the machine's marks. */
function pythonSdist(members: string, format = 'PAX_FORMAT', time = 1.5): Uint8Array {
  const script = `
import io, sys, tarfile
def add(name, data=b'', mode=0o644, type=tarfile.REGTYPE, linkname=''):
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.type, info.linkname = len(data), mode, type, linkname
    info.mtime, info.uid, info.gid, info.uname, info.gname = ${time}, 1000, 1000, 'jane', 'staff'
    tar.addfile(info, io.BytesIO(data))
with tarfile.open('in.tar.gz', 'w:gz', format=tarfile.${format}) as tar:
${members.replaceAll(/^/gm, '    ')}
`;
  execFileSync('python3', ['-c', script], { cwd: folder });
  return readFileSync(join(folder, 'in.tar.gz'));
}

const LONG = `a-1.0/${'d'.repeat(90)}/${'größe'.repeat(20)}.py`;
const MEMBERS = `add('a-1.0', type=tarfile.DIRTYPE, mode=0o700)
add('a-1.0/setup.py', b'setup()', 0o775)
add('a-1.0/PKG-INFO', b'Name: a', 0o600)
add('${LONG}', b'long')
add('a-1.0/link.py', type=tarfile.SYMTYPE, linkname='setup.py')
add('a-1.0/copy.py', type=tarfile.LNKTYPE, linkname='a-1.0/setup.py')
add('a-1.0/empty', type=tarfile.DIRTYPE)`;

async function list(bytes: Uint8Array): Promise<readonly string[]> {
  const file = join(folder, 'out.tar.gz');
  writeFileSync(file, bytes);
  return (await sdistMembers(file)).map(({ path, header, content }) => {
    const { type, mode, linkname, uid, uname, mtime } = header;
    const text = Buffer.from(content).toString();
    return [path, type, mode.toString(8), linkname, text, uid, uname, mtime.getTime()].join('|');
  });
}

needs('python')('an sdist that Python’s tarfile wrote', () => {
  test('keeps paths, contents and links, and takes time, owner and mode from the commit', async () => {
    const sdist = await reproducibleSdist(pythonSdist(MEMBERS), 1_763_047_931);
    expect(await list(sdist)).toEqual(
      [
        'a-1.0/|directory|755|||',
        'a-1.0/PKG-INFO|file|644||Name: a|',
        'a-1.0/copy.py|file|755||setup()|',
        `${LONG}|file|644||long|`,
        'a-1.0/empty/|directory|755|||',
        'a-1.0/link.py|symlink|777|setup.py||',
        'a-1.0/setup.py|file|755||setup()|',
      ].map((line) => `${line}0||1763047931000`),
    );
    expect(execFileSync('tar', ['-tzf', join(folder, 'out.tar.gz')]).toString()).toContain(
      'PKG-INFO',
    );
  });

  test('is the same for other times and orders, and for GNU’s format: a golden digest', async () => {
    const turned = MEMBERS.split('\n').toSorted((a, b) => a.length - b.length);
    turned.sort((a, b) => Number(a.includes('LNKTYPE')) - Number(b.includes('LNKTYPE')));
    const sdists = [
      pythonSdist(MEMBERS),
      pythonSdist(MEMBERS, 'PAX_FORMAT', 12_345.25),
      pythonSdist(MEMBERS, 'GNU_FORMAT'),
      pythonSdist(turned.join('\n')),
    ];
    const digests = new Set<string>();
    for (const sdist of sdists) digests.add(sha256(await reproducibleSdist(sdist, 7)));
    expect([...digests]).toEqual([
      '8673bae4fe3eab2669d7b1306b596bc081db4f269a92c13c0ab2ea2cedbe534d',
    ]);
  });

  test('a time after 2038 comes back', async () => {
    const sdist = await reproducibleSdist(pythonSdist(MEMBERS), 4_354_819_198);
    expect((await list(sdist))[0]).toContain('4354819198000');
  });

  test.each([
    ['a device', "add('a-1.0/null', type=tarfile.CHRTYPE)", /neither a file, a folder nor a link/],
    [
      'a sparse file',
      "add('a-1.0/x', type=tarfile.GNUTYPE_SPARSE)",
      /neither a file, a folder nor/,
    ],
    [
      'a hard link to nothing',
      "add('a-1.0/x', type=tarfile.LNKTYPE, linkname='y')",
      /does not lead to/,
    ],
    ['a path out of the archive', "add('../x')", /without "\.\."/],
  ])('%s is refused', async (_title, members, message) => {
    await expect(reproducibleSdist(pythonSdist(members), 7)).rejects.toThrow(message);
    await expect(reproducibleSdist(pythonSdist(members), 7)).rejects.toMatchObject({
      name: 'ArchiveError',
    });
  });
});
