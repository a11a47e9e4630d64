import { applyEdits, diffOf, placeAt, setTomlValues } from '@ameide/source-files';

const before = '[project]\nname = "ameide-sdk" # ours\nversion = "0.0.0"\n';

export const toml = setTomlValues(
  before,
  [{ path: ['project', 'version'], value: '0.1.0' }],
  (expected) => new Error(`pyproject.toml: expected ${expected}`),
);

const start = before.indexOf('0.0.0');
const edits = [{ start, end: start + '0.0.0'.length, text: '0.1.0' }];
export const { line, column } = placeAt('pyproject.toml', before, start, start);
export const edited = applyEdits(before, edits);
export const diff = diffOf([{ path: 'pyproject.toml', before, edits }]);
