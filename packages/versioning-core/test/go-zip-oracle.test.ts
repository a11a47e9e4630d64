import { needs } from '@ameide/local-registries/components';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decideGoZip, type GoModuleFile, MAX_ZIP } from '../src/versions/go/index.ts';
import { buildGoOracle } from './support/oracle.ts';
import { TUPLES } from './support/tuples.ts';

interface Checked {
  readonly valid: readonly string[];
  readonly invalid: readonly string[];
  readonly tooLarge: boolean;
}

// Names that are right, odd and wrong, and that meet each other in other letters.
const NAMES = [
  'a A ä Ä k K \u212a s ſ ß ẞ σ ς i ı İ é 名 € １ \u0301 \ufffd',
  'vendor Vendor modules.txt go.mod GO.MOD LICENSE license .hg_archival.txt .git',
  "aux aux.go auxiliary com1 com0 ... a. .a a:b it's a\\b",
];
const name = fc.constantFrom('x y', ...NAMES.flatMap((names) => names.split(' ')));
const size = fc.oneof(
  { weight: 9, arbitrary: fc.nat(1000) },
  { weight: 1, arbitrary: fc.constantFrom(16 * 2 ** 20, 16 * 2 ** 20 + 1, 2 ** 28, MAX_ZIP) },
);
const file = fc.record({
  path: fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
  mode: fc.constantFrom('file', 'file', 'executable', 'symlink'),
  size,
});
const goVersion = fc.constantFrom('', '1.9', '1.23.9', '1.24', '1.24rc1', '1.100', '2.0');

needs('go')('golang.org/x/mod/zip decides alike', () => {
  let oracle: ReturnType<typeof buildGoOracle>;
  beforeAll(() => {
    oracle = buildGoOracle();
  });
  afterAll(() => oracle.remove());
  const ask = (
    questions: readonly { files: readonly GoModuleFile[]; version: string }[],
  ): Checked[] =>
    oracle.ask(
      questions.map(({ files, version }) => {
        const text = `module a.b/c\n${version === '' ? '' : `go ${version}\n`}`;
        return {
          op: 'zip',
          files: files.map((one) => (one.path === 'go.mod' ? { ...one, text } : one)),
        };
      }),
    );
  const decide = (files: readonly GoModuleFile[], version: string): Checked => {
    const zip = decideGoZip(files, version === '' ? undefined : version);
    return {
      invalid: zip.refused.map(({ path }) => path).toSorted(),
      tooLarge: zip.size > MAX_ZIP,
      valid: zip.files.map(({ path }) => path),
    };
  };

  test(`what is in the zip files of ${TUPLES} modules, and what keeps them from being made`, () => {
    const questions = fc
      .sample(fc.tuple(fc.array(file, { maxLength: 8 }), goVersion), TUPLES)
      .map(([files, version]) => ({
        version,
        // git has no path twice, and none that is a file and a folder.
        files: [{ path: 'go.mod', mode: 'file' as const, size: 40 }, ...files].filter(
          ({ path }, n, all) =>
            all.findIndex((one) => one.path === path) === n &&
            !path.startsWith('go.mod/') &&
            !all.some((one) => one.path.startsWith(`${path}/`) && path !== 'go.mod'),
        ),
      }));
    const answers = ask(questions);
    const wrong = questions.flatMap(({ files, version }, i) => {
      const theirs = { ...answers[i], invalid: answers[i]?.invalid.toSorted() };
      const ours = decide(files, version);
      return JSON.stringify(ours) === JSON.stringify(theirs)
        ? []
        : [{ files, version, ours, theirs }];
    });
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(answers.filter(({ invalid }) => invalid.length > 0).length).toBeGreaterThan(100);
    expect(answers.filter(({ tooLarge }) => tooLarge).length).toBeGreaterThan(10);
    expect(
      answers.filter(({ valid }, i) => valid.length < (questions[i]?.files.length ?? 0)).length,
    ).toBeGreaterThan(100);
  });

  test('which characters a name may have, and which letters are one without their case', () => {
    // Letters that the Unicode version of `go` does not know yet are left out.
    const characters = Array.from({ length: 0x30000 }, (_, code) => code)
      .filter((code) => code > 0 && (code < 0xd800 || code > 0xdfff))
      .map((code) => String.fromCodePoint(code))
      .filter((character) => character !== '/' && character !== '.');
    const single = characters.map((character) => ({
      version: '1.24',
      files: [{ path: `x${character}`, mode: 'file' as const, size: 0 }],
    }));
    const accepted = ask(single).map(({ invalid }) => invalid.length === 0);
    const ours = single.map(({ files }) => decide(files, '1.24').invalid.length === 0);
    const refusedByUsAlone = characters.filter((_, i) => accepted[i] && !ours[i]);
    expect(refusedByUsAlone).toEqual([]);
    const letters = characters.filter(
      (character, i) => accepted[i] && ours[i] && /\P{ASCII}/u.test(character),
    );
    const pairs = letters.flatMap((letter) =>
      [...new Set([letter.toLowerCase(), letter.toUpperCase(), letter.normalize('NFKC')])]
        .filter((other) => other !== letter && /^.$/u.test(other))
        .map((other) => ({
          version: '1.24',
          files: [letter, other].map((path) => ({ path, mode: 'file' as const, size: 0 })),
        })),
    );
    const collisions = ask(pairs);
    const wrong = pairs.filter(
      ({ files, version }, i) =>
        decide(files, version).invalid.join() !== collisions[i]?.invalid.join(),
    );
    expect(wrong.map(({ files }) => files.map(({ path }) => path).join(' '))).toEqual([]);
    expect(collisions.filter(({ invalid }) => invalid.length > 0).length).toBeGreaterThan(1000);
  });
});
