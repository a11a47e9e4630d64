/**
 * What is known to be wrong with ours, in the words of `differences`, by the shape's name. The test
 * fails on a line too many as on one too few: whoever mends a shape removes its entry, and whoever
 * mends the last one removes this file.
 */
export const WRONG_TODAY: Readonly<Record<string, readonly string[]>> = {
  'pnpm-workspace': ['refused: npm-missing-file'],
  'pnpm-yaml-alias': ['refused: npm-workspace'],
  'yarn-workspace': ['refused: npm-missing-file'],
  'nx-dist': ['refused: npm-unsupported'],
  'publish-directory': ['refused: npm-unsupported'],
  'native-addon': ['refused: npm-missing-file'],
  'fetched-binary': ['refused: npm-missing-file'],
  'source-condition': ['refused: npm-missing-file'],
  'prints-version': ['@acme-shape/prints-version.tgz has another dist/cli.js'],
  'bundled-dependencies': ['refused: npm-unsupported'],
  'npm-file-kinds': ['@acme-shape/file-kinds.tgz has another bin/run.cmd'],
  'go-submodule': ['refused: submodule'],
  'go-mirror': [
    'github.com/acme/go-mirror.zip has another notes.txt',
    'github.com/acme/go-mirror.zip has another testdata/left-out-of-archives.txt',
  ],
  'go-generated': ['published, not refused for sdk/answer.pb.go'],
  'go-link': ['published, not refused for sdk/shared.go'],
  'go-workspace': ['refused: go-local-replace'],
};
