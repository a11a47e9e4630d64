import { chmodSync, lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { expect, it } from 'vitest';
import { folder, type Sample, sample } from '../git/sample.ts';
import { files, gitIn, layOut, look, plainClone, TIME } from './support.ts';

const suite = needs('git');

/** A repository with what attributes, names, links and modes can do. */
function rich(...init: readonly string[]): Sample {
  const repo = sample(...init);
  const put = (name: Buffer | string, text: string): void =>
    writeFileSync(Buffer.concat([Buffer.from(`${repo.directory}/`), Buffer.from(name)]), text);
  repo.git('config', 'core.autocrlf', 'false');
  const attributes = [
    '*.txt text eol=crlf',
    'auto.md text=auto',
    'id.c ident',
    'utf16.rc text working-tree-encoding=UTF-16LE',
    'secret export-ignore',
    'version.py export-subst',
    '*.f filter=shout',
  ];
  put('.gitattributes', `${attributes.join('\n')}\n`);
  put('a.txt', 'line\nline\n');
  put('auto.md', 'line\nline\n');
  put('id.c', '$Id$\n');
  writeFileSync(join(repo.directory, 'utf16.rc'), Buffer.from('text ü\n', 'utf16le'));
  put('secret', 's');
  put('version.py', '$Format:%H$');
  put('x.f', 'quiet');
  put('empty', '');
  put(Buffer.from([0x6e, 0xff, 0xfe]), 'not UTF-8');
  put('new\nline "quoted" $(id)', 'odd');
  put('-flag', 'x');
  put('Readme', 'one');
  put('README', 'two');
  mkdirSync(join(repo.directory, 'dir/deep/er'), { recursive: true });
  put('dir/deep/er/run.sh', '#!/bin/sh\n');
  chmodSync(join(repo.directory, 'dir/deep/er/run.sh'), 0o755);
  symlinkSync('deep', join(repo.directory, 'dir/link'));
  symlinkSync('/nowhere/absolute', join(repo.directory, 'absolute'));
  symlinkSync('../../dangling', join(repo.directory, 'dir/dangling'));
  symlinkSync('.', join(repo.directory, 'self'));
  return repo;
}

suite('a checkout is what git makes of the commit in a plain clone', () => {
  it.each(['sha1', 'sha256'])('for every kind of file in a %s repository', async (format) => {
    using repo = rich(`--object-format=${format}`);
    repo.commit('one');
    using clone = plainClone(repo);
    using ours = await layOut(repo.directory);
    expect(look(ours.directory)).toEqual(look(clone.directory));
    expect(ours.missing).toEqual([]);
    expect(gitIn(ours.directory, 'fsck', '--no-dangling')).toBe('');
  });

  it('for tags of every kind, before the commit, on it and after it', async () => {
    using repo = sample();
    repo.commit('zero');
    repo.git('tag', '-a', 'older', '-m', 'older');
    repo.commit('one');
    repo.git('tag', '-a', 'v0.1.0', '-m', 'release');
    repo.git('tag', '-a', 'nested', '-m', 'a tag of a tag', 'older');
    repo.git('tag', 'tree', 'HEAD^{tree}');
    const sha = repo.commit('two');
    repo.git('tag', 'light');
    repo.git('tag', 'packages/sdk/v0.1.0');
    repo.git('pack-refs', '--all');
    repo.commit('three');
    repo.git('tag', 'v0.2.0');
    using clone = plainClone(repo, { ref: sha });
    using ours = await layOut(repo.directory, { ref: sha });
    expect(look(ours.directory)).toEqual(look(clone.directory));
    expect(gitIn(ours.directory, 'describe')).toMatch(/^v0\.1\.0-1-g/);
    expect(gitIn(ours.directory, 'describe', '--tags')).toBe('light');
  });

  it('from a linked worktree, a clone that borrows objects, a shallow and a bare one', async () => {
    using repo = rich();
    repo.commit('zero');
    repo.write('more', 'x');
    const sha = repo.commit('one');
    repo.git('tag', '-a', 'v1.0.0', '-m', 'x');
    using other = folder();
    const at = (name: string): string => join(other.directory, name);
    repo.git('worktree', 'add', '--quiet', '--detach', at('tree'), sha);
    repo.git('clone', '--quiet', '--shared', repo.directory, at('shared'));
    repo.git('clone', '--quiet', '--reference', at('shared'), repo.directory, at('reference'));
    repo.git('clone', '--quiet', '--bare', repo.directory, at('bare.git'));
    repo.git('clone', '--quiet', '--depth=1', `file://${repo.directory}`, at('shallow'));
    // Relative, and at the second step.
    writeFileSync(at('shared/.git/objects/info/alternates'), '../../../relative/objects\n');
    repo.git('clone', '--quiet', '--bare', repo.directory, at('relative'));
    using clone = plainClone(repo);
    const expected = look(clone.directory);
    for (const name of ['tree', 'shared', 'reference', 'bare.git', 'shallow']) {
      using ours = await layOut(at(name));
      expect(look(ours.directory), name).toEqual(expected);
      expect(gitIn(ours.directory, 'log', '--format=%s').split('\n')[0], name).toBe('one');
    }
  });

  it('for an empty tree, and with an alternate that is gone', async () => {
    using repo = sample();
    repo.write('file', 'x');
    repo.commit('one');
    const entries = `${repo.git('ls-tree', 'HEAD')}\n040000 tree ${repo.git('mktree')}\tempty\n`;
    const tree = repo.gitWith({ input: entries }, 'mktree');
    const sha = repo.git('commit-tree', tree, '-m', 'empty');
    repo.git('update-ref', 'HEAD', sha);
    using clone = plainClone(repo);
    writeFileSync(join(repo.directory, '.git/objects/info/alternates'), '/nowhere/objects\n');
    using ours = await layOut(repo.directory);
    expect(look(ours.directory)).toEqual(look(clone.directory));
  });

  it('with grafts and replace refs in the user’s clone', async () => {
    using repo = sample();
    const first = repo.commit('one');
    repo.git('tag', 'v0.1.0');
    repo.write('file', 'true');
    const sha = repo.commit('two');
    using clone = plainClone(repo);
    const blob = repo.gitWith({ input: 'false' }, 'hash-object', '-w', '--stdin');
    repo.git('replace', repo.git('rev-parse', 'HEAD:file'), blob);
    mkdirSync(join(repo.directory, '.git/info'), { recursive: true });
    writeFileSync(join(repo.directory, '.git/info/grafts'), `${sha}\n`);
    using ours = await layOut(repo.directory, { ref: sha });
    expect(look(ours.directory)).toEqual(look(clone.directory));
    expect(gitIn(ours.directory, 'log', '--format=%H').split('\n')).toEqual([sha, first]);
  });
});

suite('a checkout takes nothing from the user’s configuration', () => {
  it('whatever the clone, the user and the system configure', async () => {
    using repo = rich();
    repo.commit('one');
    repo.git('remote', 'add', 'origin', 'https://user:token-in-url@example.org/o/r.git');
    using clone = plainClone(repo);
    using home = folder();
    const marker = join(home.directory, 'ran');
    const program = `touch ${marker}; cat`;
    const hooks = join(home.directory, 'hooks');
    mkdirSync(hooks);
    for (const hook of ['post-checkout', 'post-index-change', 'reference-transaction']) {
      writeFileSync(join(hooks, hook), `#!/bin/sh\ntouch ${marker}\n`);
      chmodSync(join(hooks, hook), 0o755);
    }
    const settings: Readonly<Record<string, string>> = {
      'core.hooksPath': hooks,
      'core.fsmonitor': `${hooks}/post-checkout`,
      'core.autocrlf': 'true',
      'core.eol': 'crlf',
      'core.attributesFile': join(home.directory, 'attributes'),
      'core.excludesFile': join(home.directory, 'ignore'),
      'core.symlinks': 'false',
      'core.fileMode': 'false',
      'core.sparseCheckout': 'true',
      'index.version': '4',
      'filter.shout.smudge': `${program} | tr a-z A-Z`,
      'filter.shout.required': 'true',
      'init.templateDir': hooks,
      'init.defaultRefFormat': 'reftable',
      'url.https://evil.example/.insteadOf': 'https://example.org/',
      'http.extraheader': 'Authorization: basic token-in-header',
      'http.https://example.org/.extraheader': 'Authorization: basic token-in-header',
      'credential.helper': `!${program}`,
      'safe.bareRepository': 'explicit',
    };
    writeFileSync(join(home.directory, 'attributes'), '* text eol=crlf\n');
    // Where git looks without being told: $XDG_CONFIG_HOME/git.
    mkdirSync(join(home.directory, 'git'));
    writeFileSync(join(home.directory, 'git/config'), '[filter "shout"]\n\tsmudge = rev\n');
    writeFileSync(join(home.directory, 'git/attributes'), '* text eol=crlf\n');
    writeFileSync(join(home.directory, 'git/ignore'), '*\n');
    mkdirSync(join(repo.directory, '.git/info'));
    writeFileSync(join(repo.directory, '.git/info/attributes'), '* text eol=crlf\n');
    writeFileSync(join(repo.directory, '.git/info/exclude'), '*\n');
    writeFileSync(join(repo.directory, '.git/info/sparse-checkout'), '/nothing\n');
    writeFileSync(join(home.directory, 'ignore'), '*\n');
    for (const [key, value] of Object.entries(settings)) {
      repo.git('config', '--file', join(home.directory, '.gitconfig'), key, value);
      if (!key.startsWith('core.f')) repo.git('config', key, value);
    }
    using ours = await layOut(repo.directory, {
      env: {
        ...process.env,
        HOME: home.directory,
        XDG_CONFIG_HOME: home.directory,
        // As in a hook of the user's.
        GIT_DIR: join(home.directory, 'none'),
        GIT_INDEX_FILE: join(home.directory, 'index'),
      },
    });
    expect(look(ours.directory)).toEqual(look(clone.directory));
    expect(readdirSync(home.directory)).not.toContain('ran');
    const config = gitIn(ours.directory, 'config', '--local', '--list');
    expect(`${config}\n`).toContain('remote.origin.url=https://example.org/o/r\n');
    expect(config).not.toMatch(/token|evil|filter\.|credential|extraheader/);
    expect(config).toContain('core.hookspath=/dev/null');
    // A program that a build starts has the user's configuration.
    writeFileSync(join(ours.directory, 'made-by-the-build'), '');
    const status = repo.gitWith(
      { env: { HOME: home.directory, XDG_CONFIG_HOME: home.directory } },
      '-C',
      ours.directory,
      'status',
      '--porcelain',
    );
    expect(status).toBe('?? made-by-the-build');
    expect(readdirSync(home.directory)).not.toContain('ran');
  });

  it('and leaves the user’s clone as it was', async () => {
    using repo = rich();
    repo.commit('one');
    repo.git('tag', 'v1');
    const before = snapshot(join(repo.directory, '.git'));
    using ours = await layOut(repo.directory);
    gitIn(ours.directory, 'status');
    expect(snapshot(join(repo.directory, '.git'))).toEqual(before);
  });
});

suite('modes and times of a checkout', () => {
  it('are 0644, 0755 and the commit’s time, whatever the umask', async () => {
    using repo = rich();
    repo.commit('one', `${TIME} +0530`);
    using clone = plainClone(repo);
    const umask = process.umask(0o077);
    try {
      using ours = await layOut(repo.directory);
      expect(files(ours.directory)).toEqual(files(clone.directory));
      for (const path of ['', 'a.txt', 'dir', 'dir/deep/er/run.sh', 'dir/link', 'absolute']) {
        expect(lstatSync(join(ours.directory, path)).mtimeMs, path).toBe(TIME * 1000);
      }
      expect(gitIn(ours.directory, 'status', '--porcelain')).toBe('');
    } finally {
      process.umask(umask);
    }
  });

  it.each([
    ['1970', 1, 315_532_800],
    ['2040', 2_208_988_800, 2_208_988_800],
    ['after 2106, when 32 bits end', 4_300_000_000, 4_300_000_000],
    ['3000', 32_503_680_000, 4_354_819_198],
  ])('a commit of %s has a time that a zip file can hold, and is clean', async (_, time, shown) => {
    using repo = sample();
    repo.write('file', 'x');
    repo.commit('one');
    // git takes no such date on its command line.
    const commit = repo.git('cat-file', 'commit', 'HEAD').replaceAll(String(TIME), String(time));
    const sha = repo.gitWith({ input: commit }, 'hash-object', '-t', 'commit', '-w', '--stdin');
    using ours = await layOut(repo.directory, { ref: sha });
    expect(lstatSync(join(ours.directory, 'file')).mtimeMs / 1000).toBe(shown);
    expect(gitIn(ours.directory, 'status', '--porcelain')).toBe('');
    expect(gitIn(ours.directory, 'log', '--format=%ct')).toBe(String(time));
  });

  it('are in the index, so that git reads no file to find the checkout clean', async () => {
    using repo = sample();
    repo.write('file', 'x');
    repo.commit('one');
    using ours = await layOut(repo.directory);
    const debug = gitIn(ours.directory, 'ls-files', '--debug');
    expect(debug).toContain(`mtime: ${TIME}:0`);
    writeFileSync(join(ours.directory, 'file'), 'y');
    expect(gitIn(ours.directory, 'status', '--porcelain')).toBe(' M file');
  });
});

/** Every file below a directory with its size and time. */
function snapshot(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map((path) => {
      const { size, mtimeMs } = lstatSync(join(directory, path));
      return `${path} ${size} ${mtimeMs}`;
    });
}
