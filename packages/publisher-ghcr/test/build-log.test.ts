import { readFile } from 'node:fs/promises';
import { createRedactor } from '@ameide/publisher-kit';
import { OCI_POINTERS } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { BuildLog } from '../src/engine/build-log.ts';
import { parseTrace } from '../src/engine/build-trace.ts';
import { failedBuild } from '../src/engine/engine.ts';
import { parseImageName } from '../src/image-name.ts';
import { planImage } from '../src/plan.ts';
import { fromDockerfile } from '../src/source/dockerfile.ts';
import { fakeEngine, upgraded, withoutLogin } from './fake-engine.ts';
import { release, step } from './release.ts';

/**
 * What Docker Engine 20.10.24 answered for a RUN that prints 14 lines, one of two halves, and on
 * stderr one that does not end; and exits 3: `FROM scratch AS a`, `COPY bin2 /bin`, `RUN ["/bin"]`,
 * `FROM scratch`, `COPY --from=a /bin /x`.
 */
const FAILING_RUN = await readFile(new URL('failing-run.jsonl', import.meta.url));
const IMAGE = 'ghcr.io/o/r';

async function build(
  answer: Uint8Array | string,
  redact = (text: string): string => text,
): Promise<{ result: unknown; shown: readonly string[] }> {
  const plan = planImage(release(), {
    image: parseImageName(IMAGE),
    registry: 'https://ghcr.io',
    labels: {},
    movingTags: OCI_POINTERS,
  });
  const one = await step({ Dockerfile: 'FROM scratch\n' });
  await using fake = await fakeEngine({
    'POST /session': upgraded,
    'POST /build': (_request, response) => void response.end(answer),
  });
  const source = fromDockerfile({
    directory: '',
    file: 'Dockerfile',
    allow: [],
    env: {},
    otherRegistry: () => withoutLogin(),
    docker: () => fake.engine,
  });
  return {
    result: await source.build(plan, one, withoutLogin(redact)),
    shown: one.events.map((event) => event.message),
  };
}

/** A protobuf message of fields in their wire form. */
const message = (...fields: readonly (readonly [number, string | Uint8Array | number])[]): Buffer =>
  Buffer.concat(
    fields.map(([number, value]) => {
      if (typeof value === 'number') return Buffer.from([number * 8, value]);
      const bytes = Buffer.from(value);
      if (bytes.length > 127) throw new Error('longer than one byte can say');
      return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
    }),
  );
const vertex = (
  digest: string,
  name: string,
  ...more: readonly (readonly [number, string | number])[]
): string => message([1, message([1, digest], [3, name], ...more)]).toString('base64');
const log = (digest: string, text: string | Uint8Array, stream = 1): string =>
  message([3, message([1, digest], [3, stream], [4, text])]).toString('base64');
const STARTED = [5, ''] as const;

function logOf(): { readonly shown: string[]; readonly log: BuildLog } {
  const shown: string[] = [];
  return {
    shown,
    log: new BuildLog(createRedactor(), (line) => void shown.push(line)),
  };
}

describe('a RUN that fails', () => {
  test('is shown line by line, and its last lines are in the problem', async () => {
    const { result, shown } = await build(FAILING_RUN);
    const printed = [
      ...Array.from({ length: 14 }, (_, at) => `line ${at}`),
      'half of a line',
      '\x1b[31mno newline\x1b[0m',
    ];
    expect(shown).toEqual([
      `building ${IMAGE} with Docker Engine`,
      '[internal] load remote build context',
      'copy /context /',
      '[a 1/2] COPY bin2 /bin',
      '[a 2/2] RUN ["/bin"]',
      ...printed,
    ]);
    const lines = [...printed.slice(6, -1), 'no newline'];
    expect(result).toMatchObject({
      problems: [
        {
          code: 'ghcr-build-failed',
          kind: 'incomplete',
          effect: 'none',
          rerun: 'after-fix',
          message: [
            `Could not build ${IMAGE}: executor failed running [/bin]: exit code: 3. It printed at the end:`,
            ...lines.map((line) => `  ${line}`),
          ].join('\n'),
        },
      ],
    });
  });

  test('is redacted whole: names, lines and the error', async () => {
    const { result, shown } = await build(FAILING_RUN, (text) =>
      text.replaceAll('half of a line', '[secret]').replaceAll('/bin', '[path]'),
    );
    const all = JSON.stringify([result, shown]);
    expect([all.includes('half of'), all.includes('/bin'), all.includes('[secret]')]).toEqual([
      false,
      false,
      true,
    ]);
  });
});

test('parallel steps are shown with their names, and a failed step has its own lines alone', async () => {
  const { shown, log: one } = logOf();
  for (const trace of [
    vertex('a', 'RUN a', STARTED),
    vertex('b', 'RUN b', STARTED),
    log('a', 'of a\n'),
    log('b', 'of b\n'),
    log('b', 'more\n'),
  ])
    await one.trace(trace);
  await one.trace(vertex('b', 'RUN b', STARTED, [6, ''], [7, 'context canceled']));
  await one.trace(vertex('a', 'RUN a', STARTED, [6, ''], [7, 'exit code: 1']));
  one.end();
  expect(shown).toEqual(['RUN a', 'RUN b', 'RUN a', 'of a', 'RUN b', 'of b', 'more']);
  expect(one.lastLines('failed to solve: exit code: 1')).toEqual(['of a']);
  expect(one.lastLines('no space')).toEqual([]);
});

test('a cached step is marked, and a character in two pieces is one', async () => {
  const { shown, log: one } = logOf();
  await one.trace(vertex('a', 'COPY a', [4, 1], STARTED, [6, '']));
  const euro = Buffer.from('5 €\n');
  for (const piece of [euro.subarray(0, 3), euro.subarray(3)]) await one.trace(log('a', piece));
  expect(shown).toEqual(['COPY a (cached)', '5 €']);
});

test('a builder without steps is shown, too', async () => {
  const { result, shown } = await build(
    '{"stream":"STEP 1/2: RUN x\\n"}\n{"stream":"bad "}\n{"stream":"thing\\n"}\n{"error":"exit status 3"}\n',
  );
  expect(shown.slice(1)).toEqual(['STEP 1/2: RUN x', 'bad thing']);
  expect(result).toMatchObject({
    problems: [
      {
        message: expect.stringMatching(
          /exit status 3\. It printed at the end:\n {2}STEP .*\n {2}bad thing$/,
        ) as string,
      },
    ],
  });
});

test.each(['', 'Cm8=', 'not base64', '////', 'CgA=', Buffer.alloc(300, 0x80).toString('base64')])(
  'a trace %j that is none is passed over',
  (aux) => {
    const { vertices, logs } = parseTrace(aux);
    expect([vertices.filter(({ name }) => name !== ''), logs]).toEqual([[], []]);
  },
);

test('an error as long as a script keeps its exit code', () => {
  const { message: said } = failedBuild(
    IMAGE,
    `process "/bin/sh -c ${'make it\n'.repeat(500)}" did not complete: exit code: 100`,
    [],
  );
  expect(said).toMatch(
    /^Could not build ghcr\.io\/o\/r: process "\/bin\/sh -c make it .* exit code: 100\.$/,
  );
  expect(said.length).toBeLessThan(500);
});
