import {
  type RunningPythonIndex,
  type RunningRecordingProxy,
  startPythonIndex,
  startRecordingProxy,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { createHttp } from '@ameide/publisher-kit';
import type { ReleaseEvent } from '@ameide/versioning-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { build, commit, open, PROJECT, removeScratch, stubBuilder } from './world.ts';

type Fault = NonNullable<Parameters<typeof startRecordingProxy>[1]>['fault'];
type Spoilt = ReturnType<NonNullable<Fault>>;

const MIB = 1024 * 1024;
const JSON_TYPE = { 'content-type': 'application/vnd.pypi.simple.v1+json' };
const HTML_TYPE = { 'content-type': 'text/html' };
const http = createHttp({ sleep: async () => undefined, attempts: 2 });

needs('git')('an index that means harm', () => {
  let root: string;
  let index: RunningPythonIndex;
  let proxy: RunningRecordingProxy;
  let fault: Fault;

  beforeAll(() => {
    root = commit(PROJECT);
  });
  beforeEach(async () => {
    index = await startPythonIndex();
    proxy = await startRecordingProxy(index.url, { fault: (request) => fault?.(request) });
  });
  afterEach(async () => {
    fault = undefined;
    await proxy.stop();
    await index.stop();
  });
  afterAll(removeScratch);

  /** It is read under another name than it is written to, so that what is read carries no token. */
  async function opened() {
    const simpleUrl = `${proxy.url.replace('127.0.0.1', 'localhost')}/simple/`;
    const ports = { http, processes: stubBuilder(), env: {}, sleep: async () => undefined };
    return open(root, { uploadUrl: `${proxy.url}/legacy/`, simpleUrl, token: index.token, ports });
  }

  const page = (body: string, headers = JSON_TYPE): Spoilt => ({
    kind: 'status',
    status: 200,
    headers,
    body,
  });
  const many = { filename: 'ameide_sdk-0.1.0.dev20251113153211-py3-none-any.whl', url: 'a.whl' };

  test.each<[string, Spoilt, string, RegExp]>([
    [
      'more than 32 MiB',
      page(' '.repeat(32 * MIB + 1)),
      'pypi-answer-too-large',
      /larger than 33554432 bytes/,
    ],
    [
      '20 MiB of open comments',
      page('<!--'.repeat(5 * MIB), HTML_TYPE),
      'pypi-unreadable',
      /breaks off inside a tag, a comment/,
    ],
    [
      'a thousand files of one version, and one',
      page(
        JSON.stringify({
          meta: { 'api-version': '1.0' },
          files: Array.from({ length: 1001 }, () => many),
        }),
      ),
      'pypi-unreadable',
      /more than 1000 files of one version/,
    ],
  ])(
    '%s: the outcome is unknown after one request, and nothing is sent',
    async (_title, answer, code, message) => {
      const ours = await opened();
      const { publisher, plan, step } = ours;
      const built = await build(ours);
      fault = () => answer;
      proxy.clear();
      const problem = { code, message: expect.stringMatching(message), effect: 'none' };
      expect(await publisher.inspect({ plan }, step())).toMatchObject([
        { state: 'unknown', problem },
      ]);
      expect(proxy.requests, 'it does not ask again').toHaveLength(1);
      expect(await publisher.publish(plan, built, step())).toMatchObject([
        { outcome: 'incomplete', problem },
      ]);
      expect(proxy.mutating()).toEqual([]);
    },
  );

  test('metadata of more than 16 MiB: the outcome is unknown', async () => {
    const ours = await opened();
    const { publisher, plan, step } = ours;
    await publisher.publish(plan, await build(ours), step());
    fault = ({ path }) => (path.endsWith('.metadata') ? page(' '.repeat(16 * MIB + 1)) : undefined);
    expect(await publisher.inspect({ plan }, step())).toMatchObject([
      {
        state: 'unknown',
        problem: {
          code: 'pypi-answer-too-large',
          message: expect.stringContaining('larger than 16777216 bytes'),
        },
      },
    ]);
  });

  test('the token that another server was sent: it is not shown', async () => {
    const ours = await opened();
    const { publisher, plan, step } = ours;
    const built = await build(ours);
    let sent = false;
    fault = ({ method }) => {
      if (method === 'POST') sent = true;
      return sent ? { kind: 'status', status: 403, body: `${index.token} may not` } : undefined;
    };
    const [result] = await publisher.publish(plan, built, step());
    fault = () => ({ kind: 'status', status: 400, body: `${index.token} may not` });
    const [finding] = await publisher.inspect({ plan }, step());
    expect(JSON.stringify([result, finding])).not.toContain(index.token);
    expect(finding?.problem?.message).toContain('[secret] may not');
  });

  test('a file of our commit that this run did not build: a note names it', async () => {
    const ours = await opened();
    const { publisher, plan, step } = ours;
    const built = await build(ours);
    const part = (end: string) => ({
      ...built,
      files: built.files.filter(({ name }) => name.endsWith(end)),
    });
    const notes: string[] = [];
    const noting = {
      ...step(),
      emit: ({ message, isNote }: ReleaseEvent) => void (isNote === true && notes.push(message)),
    };
    await publisher.publish(plan, part('.whl'), noting);
    expect(notes).toEqual([]);
    expect(await publisher.publish(plan, part('.tar.gz'), noting)).toMatchObject([
      { outcome: 'published' },
    ]);
    expect(notes).toEqual([
      expect.stringMatching(/also has \S+\.whl, which this run did not build/),
    ]);
  });
});
