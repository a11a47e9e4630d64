import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nodeTooOld } from '../../src/cli/node-version.ts';

const { engines } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { engines: { node: string } };

test.each(['22.22.2', '22.22.3', '22.30.0', '24.0.0', '100.0.0'])('Node %s will do', (version) => {
  expect(nodeTooOld(version)).toBeUndefined();
});

test.each(['18.20.8', '20.20.2', '22.9.0', '22.22.1'])(
  'Node %s is told to be too old',
  (version) => {
    expect(nodeTooOld(version)).toBe(
      `ameide-release needs Node ${engines.node.slice(2)} or newer, and this is Node ${version}. Nothing was sent.`,
    );
  },
);
