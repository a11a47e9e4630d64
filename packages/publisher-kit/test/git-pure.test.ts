import { type CommitSha, parseSha } from '@ameide/versioning-core';
import { describe, expect, it } from 'vitest';
import { GitError } from '../src/git/git-command.ts';
import { parsePushReport } from '../src/git/remote/push-report.ts';
import { classifyPushFailure, classifyRemoteFailure } from '../src/git/remote/remote-failure.ts';
import { parseRefList } from '../src/git/remote/remote-refs.ts';
import { type BatchAnswer, splitBatchAnswers } from '../src/git/repository/batch-answers.ts';
import { objectId } from '../src/git/repository/object-format.ts';
import { sourceUrl } from '../src/git/repository/source-url.ts';
import { parseTagList, peelTags } from '../src/git/repository/tags.ts';
import type { ProcessResult } from '../src/process/processes.ts';

describe('source URLs', () => {
  it.each([
    ['git@github.com:ameideio/ameide.git', 'https://github.com/ameideio/ameide'],
    ['https://github.com/ameideio/Ameide.git', 'https://github.com/ameideio/Ameide'],
    ['https://x-access-token:ghs_secret@github.com/o/r', 'https://github.com/o/r'],
    ['ssh://git@github.com:22/o/r.git/', 'https://github.com/o/r'],
    ['ssh://git@ssh.github.com:443/o/r.git', 'https://github.com/o/r'],
    ['git://git.example.org/o/r', 'https://git.example.org/o/r'],
    ['http://git.example.org:8080/o/r.git', 'https://git.example.org/o/r'],
    ['https://git.example.org:8443/group/sub/r.git', 'https://git.example.org:8443/group/sub/r'],
    ['https://GitHub.com/o/r.git', 'https://github.com/o/r'],
    ['work:o/r.git', undefined],
    ['git@work:o/r.git', undefined],
    ['/srv/git/r.git', undefined],
    ['file:///srv/git/r.git', undefined],
    ['../r.git', undefined],
    ['C:\\r.git', undefined],
    ['https://127.0.0.1:3000/o/r.git', undefined],
    ['https://github.com', undefined],
    ['https://github.com/o/r<script>', undefined],
    ['', undefined],
  ])('%s is %s', (remote, expected) => {
    expect(sourceUrl(remote)).toBe(expected);
  });
});

describe('batch answers', () => {
  const content = Buffer.from('a\nb missing\n\0');
  const id = objectId('blob', content, 'sha1');
  const stream = Buffer.concat([
    Buffer.from(`${id} blob ${content.length}\n`),
    content,
    Buffer.from(`\nno such thing missing\nabc ambiguous\n${'e'.repeat(40)} tree 0\n\n`),
  ]);

  it('come out the same however the stream is cut', () => {
    for (let cut = 0; cut <= stream.length; cut++) {
      const answers: BatchAnswer[] = [];
      const feed = splitBatchAnswers((answer) => answers.push(answer));
      feed(stream.subarray(0, cut));
      feed(stream.subarray(cut));
      expect(answers).toEqual([
        { id, type: 'blob', content },
        { absent: 'missing' },
        { absent: 'ambiguous' },
        { id: 'e'.repeat(40), type: 'tree', content: Buffer.alloc(0) },
      ]);
    }
  });
});

describe('listed tags', () => {
  const [a, b] = ['a'.repeat(40), 'b'.repeat(40)];
  const listed = parseTagList(
    [
      `light\0commit\0${a}\0\0`,
      `annotated\0tag\0${b}\0commit\0${a}`,
      `nested\0tag\0${b}\0tag\0${b}`,
      `tree\0tree\0${b}\0\0`,
    ].join('\n'),
  );

  it('are peeled to their commits; those of trees are known without asking', async () => {
    const asked: string[] = [];
    const peel = async (id: string): Promise<CommitSha> => {
      asked.push(id);
      return parseSha(b);
    };
    expect(await peelTags(listed, peel)).toEqual([
      { tag: 'light', sha: a },
      { tag: 'annotated', sha: a },
      { tag: 'nested', sha: b },
      { tag: 'tree' },
    ]);
    expect(asked).toEqual([b]);
    expect(await peelTags(listed, async () => undefined)).toContainEqual({ tag: 'nested' });
  });

  it('are not taken for none when git fails: a version would be derived without them', async () => {
    const failure = new GitError('git cat-file --batch ended early: ended by SIGKILL');
    await expect(peelTags(listed, () => Promise.reject(failure))).rejects.toBe(failure);
  });
});

describe('push reports', () => {
  it('say what became of each ref', () => {
    const report = parsePushReport(
      [
        'To http://host/r.git',
        '*\tabc:refs/heads/new\t[new branch]',
        ' \tabc:refs/heads/forward\t1..2',
        '+\tabc:refs/heads/forced\t1...2 (forced update)',
        '=\tabc:refs/heads/same\t[up to date]',
        '!\tabc:refs/heads/lease\t[rejected] (stale info)',
        '!\tabc:refs/tags/v1\t[rejected] (already exists)',
        '!\tabc:refs/heads/back\t[rejected] (fetch first)',
        '!\tabc:refs/heads/other\t[rejected] (atomic push failed)',
        '!\tabc:refs/heads/hook\t[remote rejected] (protected branch hook declined)',
        '!\tabc:refs/heads/lost\t[remote failure] (remote failed to report status)',
        'Done',
      ].join('\n'),
    );
    expect(
      [...report.values()].map(({ ref, outcome, reason }) => [
        ref.split('/').at(-1),
        outcome,
        reason,
      ]),
    ).toEqual([
      ['new', 'ok', undefined],
      ['forward', 'ok', undefined],
      ['forced', 'ok', undefined],
      ['same', 'already', undefined],
      ['lease', 'rejected', 'stale'],
      ['v1', 'rejected', 'exists'],
      ['back', 'rejected', 'not-forward'],
      ['other', 'rejected', 'atomic'],
      ['hook', 'rejected', 'declined'],
      ['lost', 'unknown', undefined],
    ]);
  });

  it('list refs exactly, where git takes a pattern as the tail of a longer one', () => {
    const output =
      '1\tHEAD\n2\trefs/heads/main\n3\trefs/x/refs/heads/main\n4\trefs/tags/v1\n5\trefs/tags/v1^{}\n6\trefs/tags/v1.0\n';
    expect(parseRefList(output, ['refs/heads/main', 'refs/tags/v1'])).toEqual([
      { ref: 'refs/heads/main', sha: '2' },
      { ref: 'refs/tags/v1', sha: '4', peeled: '5' },
    ]);
    expect(parseRefList(output, ['refs/tags/v1.*']).map(({ ref }) => ref)).toEqual([
      'refs/tags/v1.0',
    ]);
    expect(parseRefList(output, []).map(({ ref }) => ref)).not.toContain('HEAD');
  });
});

describe('failures', () => {
  const failed = (
    stderrText: string,
    failure: NonNullable<ProcessResult['failure']> = 'exit',
  ): ProcessResult => ({
    ok: false,
    failure,
    exitCode: 128,
    stdout: new Uint8Array(),
    stdoutText: '',
    stderrText,
    lastLines: [],
    summary: 'git push: exit code 128',
  });

  // Messages of git 2.39 and 2.47 with curl, and of GitHub, as they print them.
  it.each([
    [
      "fatal: unable to access 'https://h/r.git/': The requested URL returned error: 403",
      'authentication',
      'authentication',
    ],
    [
      "fatal: could not read Username for 'https://h': terminal prompts disabled",
      'authentication',
      'authentication',
    ],
    [
      "remote: Invalid username or token.\nfatal: Authentication failed for 'https://github.com/o/r.git/'",
      'authentication',
      'authentication',
    ],
    [
      'git@github.com: Permission denied (publickey).\nfatal: Could not read from remote repository.',
      'authentication',
      'authentication',
    ],
    [
      "remote: Repository not found.\nfatal: repository 'https://github.com/o/r.git/' not found",
      'not-found',
      'not-found',
    ],
    [
      "fatal: '/srv/r.git' does not appear to be a git repository\nfatal: Could not read from remote repository.",
      'not-found',
      'not-found',
    ],
    [
      "fatal: unable to access 'https://h/r.git/': The requested URL returned error: 301",
      'moved',
      'moved',
    ],
    [
      "fatal: unable to access 'https://h/r.git/': Could not resolve host: h",
      'unreachable',
      'unreachable',
    ],
    [
      "fatal: unable to access 'http://h/r.git/': The requested URL returned error: 503",
      'unreachable',
      'unreachable',
    ],
    ['fatal: the receiving end does not support --atomic push', 'other', 'other'],
    ['error: src refspec abc does not match any', 'other', 'other'],
    [
      'error: RPC failed; HTTP 403 curl 22 The requested URL returned error: 403\nsend-pack: unexpected disconnect while reading sideband packet',
      'authentication',
      'authentication',
    ],
    [
      "fatal: could not read Username for 'https://h': terminal prompts disabled\nsend-pack: unexpected disconnect while reading sideband packet",
      'authentication',
      'authentication',
    ],
    [
      'error: RPC failed; HTTP 503 curl 22 The requested URL returned error: 503\nfatal: the remote end hung up unexpectedly',
      'unreachable',
      'unknown-outcome',
    ],
    [
      'error: RPC failed; curl 56 Recv failure: Connection reset by peer\nfatal: the remote end hung up unexpectedly',
      'unreachable',
      'unknown-outcome',
    ],
    ['fatal: something that no one has seen before', 'other', 'unknown-outcome'],
  ])('%s', (text, reading, pushing) => {
    expect([
      classifyRemoteFailure(failed(text)).kind,
      classifyPushFailure(failed(text)).kind,
    ]).toEqual([reading, pushing]);
  });

  it('of a push that was ended or took too long have an unknown outcome', () => {
    expect(classifyPushFailure(failed('', 'timeout')).kind).toBe('unknown-outcome');
    expect(
      classifyPushFailure(
        failed("fatal: unable to access 'x': The requested URL returned error: 403", 'signal'),
      ).kind,
    ).toBe('unknown-outcome');
    expect(classifyRemoteFailure(failed('', 'timeout')).kind).toBe('unreachable');
  });

  it('carry git’s reason, not the advice below it', () => {
    const text =
      "fatal: '/srv/r.git' does not appear to be a git repository\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.";
    expect(classifyRemoteFailure(failed(text)).message).toBe(
      "fatal: '/srv/r.git' does not appear to be a git repository",
    );
  });
});
