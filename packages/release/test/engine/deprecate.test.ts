import type { Deprecation, Publisher } from '@ameide/versioning-core';
import { formatCoordinate, parseCoordinate } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { deprecationText } from '../../src/cli/deprecation-text.ts';
import { traceTable } from '../../src/cli/output.ts';
import { type DeprecateOptions, deprecateVersion } from '../../src/engine/deprecate.ts';
import { notDeprecable } from '../../src/engine/not-deprecable.ts';
import { traceCoordinate } from '../../src/trace/trace.ts';
import { createFakeWorld, fake } from '../fake-publisher.ts';
import { createGitWorld, VERSION_FILE } from '../support/git-world.ts';
import { problem, publish } from '../support/run.ts';

const NAMED = 'npm:a@0.1.0-dev.20251113153211';

/** One dev build is published, on a registry that knows deprecations. */
async function published(deprecate?: (real: Publisher) => Partial<Publisher>) {
  const git = createGitWorld();
  const world = createFakeWorld();
  const messages = new Map<string, string>();
  const withMessages = (real: Publisher): Partial<Publisher> => ({
    async inspect(subject, step) {
      const found = await real.inspect(subject, step);
      return found.map((one) => {
        const deprecated = messages.get(formatCoordinate(one.coordinate)) ?? '';
        return deprecated === '' ? one : { ...one, deprecated };
      });
    },
    async deprecate(_plan, { coordinate, message }): Promise<Deprecation> {
      const text = formatCoordinate(coordinate);
      const from = messages.get(text) ?? '';
      messages.set(text, message);
      return { coordinate, outcome: from === message ? 'already' : 'changed', from };
    },
    ...deprecate?.(real),
  });
  const publishers = [fake(world, 'a', { override: withMessages })];
  await publish(publishers, { git });
  const repository = await git.open();
  const definition = { versionFile: VERSION_FILE, publishers };
  return {
    messages,
    sha: git.git('rev-parse', 'HEAD'),
    trace: async () => traceCoordinate(parseCoordinate(NAMED), { repository, definition }),
    deprecate: async (changes: Partial<DeprecateOptions> = {}) => {
      const coordinate = parseCoordinate(NAMED);
      return deprecateVersion({ repository, definition, coordinate, ...changes });
    },
  };
}

describe('a version that a person deprecates', () => {
  test('has the message, the report says all of it, and trace shows it', async () => {
    const { deprecate, sha, trace } = await published();
    const report = await deprecate({ message: 'use 0.2.0' });
    expect(report).toEqual({
      schema: 'ameide-release/deprecation/1',
      status: 'converged',
      exitCode: 0,
      publisher: 'npm:a',
      registry: 'memory://registry',
      coordinate: NAMED,
      sha,
      message: 'use 0.2.0',
      before: '',
      outcome: 'changed',
      problems: [],
    });
    expect(deprecationText(report)).toMatch(
      /message before {2}none\nnew message {5}use 0\.2\.0[^]*Deprecated\./,
    );
    const traced = await trace();
    expect(traced.artifacts).toMatchObject([{ deprecated: 'use 0.2.0' }]);
    expect(traceTable(traced)).toContain(`note: ${NAMED} is deprecated: use 0.2.0`);
    expect(await deprecate({ message: 'use 0.2.0' })).toMatchObject({
      exitCode: 0,
      outcome: 'already',
    });
    expect(await deprecate({ message: '' })).toMatchObject({ before: 'use 0.2.0', message: '' });
    expect((await trace()).notes).toEqual([]);
  });

  test('is only shown without a message, which is not exit 0', async () => {
    const { deprecate, messages } = await published();
    messages.set(NAMED, 'too old');
    const report = await deprecate();
    expect(report).toMatchObject({
      exitCode: 2,
      before: 'too old',
      problems: [
        {
          code: 'deprecation-message-missing',
          hint: expect.stringContaining(`ameide-release deprecate ${NAMED} --message`),
        },
      ],
    });
    expect(report).not.toHaveProperty('outcome');
  });

  test.each(['two\nlines', '\u001B[31mred', 'turned\u202Eround'])(
    'gets a message of one plain line: %j is refused',
    async (message) => {
      const { deprecate, messages } = await published();
      await expect(deprecate({ message })).rejects.toMatchObject({ field: 'message' });
      expect([...messages]).toEqual([]);
    },
  );

  test.each(['npm:a@0.9.9', 'npm:b@0.1.0'])(
    'must be published by this release: %s',
    async (text) => {
      const { deprecate, messages } = await published();
      const coordinate = parseCoordinate(text);
      await expect(deprecate({ coordinate, message: 'x' })).rejects.toMatchObject({
        code: 'unknown-coordinate',
      });
      expect([...messages]).toEqual([]);
    },
  );

  test('stays as it is if the registry does not answer', async () => {
    const { deprecate, messages } = await published((real) => ({
      async inspect(subject, step) {
        if (!('coordinate' in subject)) return real.inspect(subject, step);
        throw new Error('no answer');
      },
    }));
    expect(await deprecate({ message: 'x' })).toMatchObject({ exitCode: 3 });
    expect([...messages]).toEqual([]);
  });

  test('that the registry does not show as deprecated is no success', async () => {
    const { deprecate } = await published(() => ({
      deprecate: async (_plan, { coordinate }) => ({
        coordinate,
        outcome: 'blocked',
        from: '',
        problem: problem('unknown'),
      }),
    }));
    const report = await deprecate({ message: 'x' });
    expect(report).toMatchObject({ exitCode: 5, outcome: 'blocked' });
    expect(deprecationText(report)).toContain('Exit 5');
  });

  test('of a registry without such a mark is refused', async () => {
    const { deprecate } = await published(() => ({ deprecate: undefined }) as object);
    await expect(deprecate({ message: 'x' })).rejects.toMatchObject({ code: 'not-deprecable' });
  });
});

test.each([
  ['go:example.com/a@v1.2.3', 'use v1.2.4', 'retract v1.2.3 // use v1.2.4'],
  [`go:example.com/a@source-${'a'.repeat(40)}`, 'x', 'go list -m example.com/a@source-'],
  ['pypi:a==1.2.3', 'x', 'https://pypi.org/manage/project/a/releases/'],
  ['oci:ghcr.io/a/b:1.2.3', 'x', 'ameide-release move-pointer oci:ghcr.io/a/b:latest --to'],
])('%s is withdrawn in another way, which the hint says', (text, message, hint) => {
  const error = notDeprecable(parseCoordinate(text), message);
  expect(error.hint).toContain(hint);
});
