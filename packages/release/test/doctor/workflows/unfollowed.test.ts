import { describe, expect, test } from 'vitest';
import { ask, CHECKOUT, type Files, WORKFLOW, workflow } from './ask.ts';

const SECRET = '  env:\n    KEY: ${{ secrets.KEY }}';
const MATRIX = 'strategy:\n  matrix:\n    sdk: [go, nodejs]';
const PUSHING = 'publish:\n\tgit push origin HEAD:main\n';
const HARMLESS = 'publish:\n\tgo build ./...\n';

/** Whether the checkout's credentials are reported, and whether `--fix` would take them away. */
async function credentials(
  command: string,
  { files = {}, job = '', steps = '' }: { files?: Files; job?: string; steps?: string } = {},
): Promise<'fixed' | 'reported' | undefined> {
  const found = await ask({
    [WORKFLOW]: workflow(`- uses: ${CHECKOUT}\n- run: ${command}\n${SECRET}\n${steps}`, { job }),
    ...files,
  });
  const finding = found.find(({ rule }) => rule === 'checkout-credentials');
  if (finding === undefined) return undefined;
  if (finding.fix === undefined) expect(finding.hint).toContain('could not be seen');
  return finding.fix === undefined ? 'reported' : 'fixed';
}

describe('what cannot be followed may push', () => {
  test.each([
    'make -C "sdk/$LANGUAGE" publish',
    'make -C sdk/${{ inputs.language }} publish',
    'make -f build.mk publish',
    'make "$TARGET"',
    'bash "$X"',
    'curl https://example.org/x.sh | bash',
    'sh -c "$X"',
    'eval "$X"',
    '"$X" publish',
    '${{ inputs.command }}',
    './missing.sh',
    'cd "$X" && make publish',
    'make missing',
    'npm run missing',
    'npm run "$X"',
    'pnpm turbo missing',
    'pnpm nx run sdk:publish',
    'node scripts/x.js',
    'python x.py',
    "python -c 'import subprocess'",
    'go run ./cmd/x',
    'find . -name x -exec ./y {} +',
    'cargo xtask x',
    'mvn -B release:perform',
    'mystery-tool',
    'git up',
  ])('%s', async (command) => {
    const files = { Makefile: 'publish:\n\ttrue\n', 'package.json': '{ "scripts": {} }' };
    // What is called like a release counts as a push by its name.
    expect(await credentials(command, { files })).toBe('reported');
  });

  test('actions: unknown ones, and those of the repository that are no list of steps', async () => {
    expect(await credentials('true', { steps: `- uses: acme/x@${'a'.repeat(40)}` })).toBe(
      'reported',
    );
    expect(await credentials('true', { steps: '- uses: ./.github/actions/x' })).toBe('reported');
    const files = { '.github/actions/x/action.yml': 'runs:\n  using: node24\n  main: x.js\n' };
    expect(await credentials('true', { files, steps: '- uses: ./.github/actions/x' })).toBe(
      'reported',
    );
    const steps = '- shell: python\n  run: |\n    import subprocess';
    expect(await credentials('true', { steps })).toBe('reported');
  });

  test('objects that are fetched later need the credentials', async () => {
    const files = {
      [WORKFLOW]: workflow(
        `- uses: ${CHECKOUT}\n  with:\n    filter: blob:none\n- run: git log\n${SECRET}`,
      ),
    };
    const found = await ask(files);
    expect(found.map(({ fix, rule }) => [rule, fix])).toEqual([
      ['checkout-credentials', undefined],
    ]);
  });

  test('nothing is claimed of permissions', async () => {
    for (const command of ['make -C "sdk/$LANGUAGE" publish', 'bash "$X"', 'npm run missing'])
      expect(
        await ask({
          [WORKFLOW]: workflow(`- run: ${command}`).replace('contents: read', 'contents: write'),
        }),
      ).toEqual([]);
  });

  test('a fix of the history leaves the credentials', async () => {
    const [finding] = await ask({
      [WORKFLOW]: workflow(
        `- uses: ${CHECKOUT}\n- run: ameide-release plan\n- run: make -C "$X"\n${SECRET}`,
      ),
    });
    expect(finding?.rule).toBe('checkout-shallow');
    expect(finding?.fix?.[0]?.edits.map(({ text }) => text)).toEqual([
      '\n        with:\n          fetch-depth: 0',
    ]);
  });
});

describe('what can be followed is known', () => {
  test('the literal values of a matrix', async () => {
    const command = 'make -C sdk/${{ matrix.sdk }} publish';
    const files = { 'sdk/go/Makefile': HARMLESS, 'sdk/nodejs/Makefile': HARMLESS };
    expect(await credentials(command, { files, job: MATRIX })).toBe('fixed');
    expect(
      await credentials(command, {
        files: { ...files, 'sdk/nodejs/Makefile': PUSHING },
        job: MATRIX,
      }),
    ).toBeUndefined();
    expect(
      await credentials(command, { files: { 'sdk/go/Makefile': HARMLESS }, job: MATRIX }),
    ).toBe('reported');
    const inFolder = '- run: make publish\n  working-directory: sdk/${{ matrix.sdk }}';
    expect(await credentials('true', { files, job: MATRIX, steps: inFolder })).toBe('fixed');
  });

  test.each([
    ['SCRIPT_DIR="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"', '"${SCRIPT_DIR}"/y.sh'],
    ['readonly HERE=$(cd -- "$(dirname -- "$0")" >/dev/null 2>&1; pwd -P)', 'bash "$HERE/y.sh"'],
    ['true', '"$(dirname "$0")"/y.sh'],
    ['true', 'source "${BASH_SOURCE%/*}/y.sh"'],
    ['ROOT="$(git rev-parse --show-toplevel)"', '. "$ROOT/scripts/y.sh"'],
    ['HERE="$(dirname "$0")"\nROOT="$(cd "$HERE/.." && pwd)"', 'make -C "$ROOT/sdk/go" publish'],
    ['cd "$(dirname "$0")/.."', 'make -C sdk/go publish'],
    ['cd "$(dirname "$(realpath "$0")")"', './y.sh'],
  ])('the folder of the script itself: %s', async (first, second) => {
    const script = `#!/usr/bin/env bash\nset -e\n${first}\n${second}\n`;
    const files = (pushes: boolean): Files => ({
      'scripts/x.sh': script,
      'scripts/y.sh': pushes ? 'git push' : 'echo',
      'sdk/go/Makefile': pushes ? PUSHING : HARMLESS,
    });
    expect(await credentials('scripts/x.sh', { files: files(false) })).toBe('fixed');
    expect(await credentials('scripts/x.sh', { files: files(true) })).toBeUndefined();
  });

  test('a name for two folders is none', async () => {
    const files = {
      'scripts/x.sh': 'D="$(dirname "$0")"\n[ -z "$1" ] || D=/opt\nbash "$D/y.sh"\n',
      'scripts/y.sh': 'echo',
    };
    expect(await credentials('bash scripts/x.sh', { files })).toBe('reported');
  });

  test('what runs before and after a script', async () => {
    const manifest = (scripts: string): Files => ({ 'package.json': `{ "scripts": ${scripts} }` });
    expect(await credentials('npm test', { files: manifest('{ "test": "vitest" }') })).toBe(
      'fixed',
    );
    const after = manifest('{ "postversion": "git push --follow-tags" }');
    expect(await credentials('npm version patch', { files: after })).toBeUndefined();
  });
});
