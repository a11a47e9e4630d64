import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { column, diff, edited, line, toml } from './readme.example.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('the README’s example is the tested one, and does what it says', () => {
  expect(/```ts\n([\s\S]*?)```/.exec(README)?.[1]).toBe(
    readFileSync(new URL('readme.example.ts', import.meta.url), 'utf8'),
  );
  expect(toml).toBe('[project]\nname = "ameide-sdk" # ours\nversion = "0.1.0"\n');
  expect(edited).toBe(toml);
  expect([line, column]).toEqual([3, 12]);
  expect(diff).toBe(`diff --git a/pyproject.toml b/pyproject.toml
--- a/pyproject.toml
+++ b/pyproject.toml
@@ -1,3 +1,3 @@
 [project]
 name = "ameide-sdk" # ours
-version = "0.0.0"
+version = "0.1.0"
`);
});
