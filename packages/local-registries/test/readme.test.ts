import { readFile } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { needs } from '../src/components.ts';

test('the README shows the example that is tested', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const shown = /^```ts\n(?<code>.*?)^```$/ms.exec(readme)?.groups?.['code'];
  expect(shown).toBe(await readFile(new URL('readme.example.ts', import.meta.url), 'utf8'));
});

const suite = needs('git');
suite('the README’s example', () => {
  test('prints what its comment says', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await import('./readme.example.ts');
    expect(log.mock.calls).toEqual([[404, 1, 0]]);
    log.mockRestore();
  });
});
