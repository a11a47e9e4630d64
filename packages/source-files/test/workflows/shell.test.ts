import { expect, test } from 'vitest';
import { expressionsIn, readMakefile, readShell, referencesIn } from '../../src/workflows/index.ts';

function commands(text: string): readonly string[] {
  return readShell(text).map(({ words }) => words.map(({ value }) => value).join(' '));
}

test('finds commands wherever they stand, and no text', () => {
  expect(
    commands(`# npm publish
echo "npm publish" > log # and more
if ! a; then b; elif c; then d; else e; fi
for x in 1 2; do f "$x"; done
g() { h; }
(i; j) | k && l || m
cat <<EOF
npm publish $(n)
EOF
cat <<'EOF'
npm publish $(never)
EOF
V="$(o --p \`q\`)" r
`),
  ).toEqual('echo npm publish,a,b,c,d,e,f $x,h,i,j,k,l,m,cat,n,cat,r,o --p `q`,q'.split(','));
});

test('knows under what a command runs, and what happens if it fails', () => {
  const [, one, , two, three] = readShell(
    'if [ -n "$T" ]; then one || true; fi\ntwo && three || { echo; exit 1; }',
  );
  expect([one?.conditions.map(({ text }) => text), one?.onFailure]).toEqual([
    ['[ -n "$T" ]'],
    'true',
  ]);
  expect([two?.conditions, two?.onFailure]).toEqual([[], '{ echo; exit 1; }']);
  expect([three?.conditions.map(({ text }) => text), three?.onFailure]).toEqual([
    ['two'],
    '{ echo; exit 1; }',
  ]);
});

test.each([
  ['ask || exit 0', 'ask', true],
  ['[ -z "$T" ] && exit', '[ -z "$T" ]', true],
  ['if ! ask; then echo skip; exit 0; fi', '! ask', true],
  ['ask || { echo skip; return; }', 'ask', true],
  ['ask || exit 1', undefined, undefined],
  ['if ! ask; then exit 0; else other; fi', undefined, undefined],
])('a script may end before: %s', (guard, text, skips) => {
  const last = readShell(`${guard}\nlast`).at(-1);
  expect([last?.conditions[0]?.text, last?.conditions[0]?.skips]).toEqual([text, skips]);
});

test('places are those of the script, with expressions as they are', () => {
  const text = 'a ${{ github.sha }} "b ${{ fromJSON(\'{"}}": 1}\') }}" && docker push "$X"';
  const push = readShell(text).at(-1);
  expect(text.slice(push?.start, push?.end)).toBe('docker push "$X"');
  expect(readShell(text)[0]?.words.map((word) => word.text)).toEqual([
    'a',
    '${{ github.sha }}',
    '"b ${{ fromJSON(\'{"}}": 1}\') }}"',
  ]);
});

test('expressions refer to paths, not to texts or functions', () => {
  const bodies = expressionsIn("x ${{ a }} ${{ '}}' }} ${{ open").map(({ body }) => body);
  expect(bodies).toEqual(['a', "'}}'"]);
  expect(referencesIn("format('{0} github.sha', github.event['Head'].x, needs.*.result)")).toEqual([
    'github.event.head.x',
    'needs.*.result',
  ]);
});

test('a Makefile has rules with recipes of shell', () => {
  const text =
    'V := 1\n.PHONY: all\nall test: build | dirs # both\n\t@echo $(V) $$HOME \\\n\t  more\n\n\t-go test ./...\nbuild:\n\tgo build\nX = y:z\n';
  const rules = readMakefile(text);
  expect(rules.map(({ prerequisites, target }) => [target, prerequisites])).toEqual([
    ['.PHONY', ['all']],
    ['all', ['build', 'dirs']],
    ['test', ['build', 'dirs']],
    ['build', []],
  ]);
  const [, all] = rules;
  const found = readShell(all?.recipe ?? '');
  expect(found.map(({ words }) => words[0]?.value)).toEqual(['echo', 'V', 'go']);
  const start = (all?.start ?? 0) + (found.at(-1)?.start ?? 0);
  expect(text.slice(start, start + 7)).toBe('go test');
});
