import { needs } from '@ameide/local-registries/components';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseGoMod, retractingTag } from '../src/versions/go/index.ts';
import { parseGoModSyntax } from '../src/versions/go/mod.ts';
import { MAJORS, pathWith, retraction, version } from './support/go-versions.ts';
import { buildGoOracle } from './support/oracle.ts';
import { TUPLES } from './support/tuples.ts';

// Lines of a go.mod: right, odd and wrong.
const line = fc.oneof(
  { weight: 4, arbitrary: retraction.map((text) => `retract ${text}`) },
  {
    weight: 2,
    arbitrary: fc
      .array(retraction, { maxLength: 3 })
      .map((lines) => `retract (\n\t${lines.join(' // so\n\t')}\n)`),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '',
      '\r',
      '// retract v1.0.0',
      'go 1.22',
      'go 1.22.1 // 1',
      'go "1.22"',
      'go v1.22x',
      'go',
      'go (\n)',
      'toolchain go1.22',
      'require a.b/c v1.0.0',
      'require a.b/c v1 // indirect',
      'require a.b/c v2.0.0',
      'require a.b/c v2.0.0+incompatible',
      'require a.b/c/v2 v2.0.0',
      'require gopkg.in/c.v2 v2.1.0',
      'require gopkg.in/c v2.1.0',
      'require a.b/c',
      'require a.b/c latest',
      'require "a.b/c" "v1.0.0"',
      'require ()',
      'require (\n\ta.b/c v1.0.0\n\n\t// x\n\ta.b/d v1.0.0 // y\n)',
      'exclude a.b/c',
      'exclude a.b/c v1.0.0',
      'exclude a.b/c v2.0.0',
      'replace a.b/c => ../c',
      'replace a.b/d => c',
      'replace a.b/d=>../c',
      'replace a.b/d => ../c v1.0.0',
      'replace a.b/d v1.0.0 => a.b/e v1.0.0',
      'replace a.b/d v2.0.0 => ./e',
      'replace a.b/d => a.b/e main',
      'replace a.b/d => a.b/e/v1 v1.0.0',
      'replace (a.b/d=>../c)',
      'replace (\n\ta.b/d => /abs // x\n)',
      'toolchain default',
      'toolchain 1.22',
      'godebug x=1',
      'godebug x',
      'tool a.b/d/cmd',
      'tool a b',
      'unknown "a ( b',
      'unknown { } [',
      'unknown a (',
      ')',
      '(',
      'ignore ./x',
      'ignore x y',
      'module a.b/d',
      'retract x (\nv1.0.0\n)',
      'retract()',
      'retract(',
      '/* x */',
      'a/*b',
      'a//b',
      '`raw`',
      '"a\\"b"',
      '\u00a0',
      'ü ×',
      '\f',
    ),
  },
);
const goModText = fc
  .tuple(
    fc.oneof(
      { weight: 9, arbitrary: fc.constant('module a.b/c') },
      { weight: 1, arbitrary: fc.constantFrom('', '\uFEFFmodule a.b/c', 'module (\na.b/c\n)') },
    ),
    fc.array(line, { maxLength: 4 }),
    fc.constantFrom('\n', '\r\n'),
  )
  .map(([module, lines, end]) => [module, ...lines, ''].join(end));
// A refused line does not count as the first of its kind.
const refusedThenRight = 'module a.b/c\ntoolchain 1.22\ntoolchain go1.22\n';

needs('go')('golang.org/x/mod reads alike', () => {
  let oracle: ReturnType<typeof buildGoOracle>;
  beforeAll(() => {
    oracle = buildGoOracle();
  });
  afterAll(() => oracle.remove());

  test(`${TUPLES} go.mod files of dependencies: what is refused in which line, and what they say`, () => {
    const texts = fc.sample(goModText, TUPLES);
    const retracted = oracle.ask<{ ok: boolean; retracted?: { low: string }[] }>(
      texts.map((text) => ({ op: 'retractions', text })),
    );
    const answers = oracle.ask<{
      ok: boolean;
      lines: number[];
      requirements: [string, string][];
      goVersion: string;
    }>(texts.map((text) => ({ op: 'mod', text })));
    const wrong = texts.flatMap((text, i) => {
      const { ok, lines, requirements, goVersion } = answers[i] ?? {};
      const mod = parseGoMod(text);
      // `go` reports one where it notices it, which may be lines later.
      const isSyntaxError = parseGoModSyntax(text).error !== undefined;
      // We read no escapes: such a version is none, and retracts nothing.
      const readable = retracted[i]?.retracted?.filter(({ low }) => !low.includes('"'));
      const ours =
        mod.errors.length > 0
          ? { ok: false, lines: isSyntaxError ? lines : mod.errors.map(({ line }) => line) }
          : {
              ok: true,
              requirements: mod.requirements.map(({ path, version }) => [path, version]),
              goVersion: mod.goVersion ?? '',
              retracted: mod.retractions,
            };
      const theirs = ok
        ? {
            ok,
            requirements,
            goVersion: /^\d*\.?\d*/.exec(goVersion ?? '')?.[0],
            retracted: readable,
          }
        : { ok, lines };
      return JSON.stringify(ours) === JSON.stringify(theirs) ? [] : [{ text, ours, theirs }];
    });
    expect(wrong).toEqual([]);
    expect(answers.filter(({ ok }) => !ok).length).toBeGreaterThan(100);
    expect(answers.filter(({ lines }) => lines.length > 1).length).toBeGreaterThan(10);
    expect(retracted.filter((one) => (one.retracted ?? []).length > 1).length).toBeGreaterThan(100);
  });

  test(`${TUPLES} go.mod files of the module itself: which lines are refused besides`, () => {
    const texts = [refusedThenRight, ...fc.sample(goModText, TUPLES)]
      // Only a dependency may have such a version, and then a second one is counted.
      .filter((text) => text.startsWith('module a.b/c') && !text.includes('go v1.22x'))
      .map((text) => text.replace('a.b/c', 'a.b/own'));
    const answers = oracle.ask<{ lines: number[] }>(texts.map((text) => ({ op: 'own', text })));
    const wrong = texts.flatMap((text, i) => {
      const { errors, ownErrors } = parseGoMod(text);
      if (parseGoModSyntax(text).error !== undefined) return [];
      // Two that contradict each other are refused later, by `go` itself.
      const inFile = ownErrors.filter(({ reason }) => !reason.startsWith('an earlier line'));
      const ours = [...errors, ...inFile].map(({ line }) => line).toSorted((a, b) => a - b);
      const theirs = answers[i]?.lines;
      return JSON.stringify(ours) === JSON.stringify(theirs) ? [] : [{ text, ours, theirs }];
    });
    expect(wrong).toEqual([]);
    expect(answers.filter(({ lines }) => lines.length > 1).length).toBeGreaterThan(100);
  });

  test('the tag whose go.mod says what is retracted', () => {
    const tags = fc.array(
      fc.tuple(fc.constantFrom('', 'sdk/', 'sdk/go/'), version).map((parts) => parts.join('')),
      { maxLength: 6 },
    );
    const questions = fc.sample(
      fc.tuple(tags, fc.constantFrom(...MAJORS), fc.constantFrom('', 'sdk', 'sdk/go')),
      TUPLES,
    );
    const answers = oracle.ask<{ tag: string }>(
      questions.map(([tags, pathMajor, directory]) => ({
        op: 'retracting',
        tags,
        pathMajor,
        prefix: directory === '' ? '' : `${directory}/`,
      })),
    );
    const ours = questions.map(
      ([tags, major, directory]) =>
        retractingTag(tags, { modulePath: pathWith(major), directory })?.tag ?? '',
    );
    expect(ours).toEqual(answers.map(({ tag }) => tag));
  });
});
