/**
 * What is known to be wrong with ours, in the words of `differences`, by the shape's name. The test
 * fails on a line too many as on one too few: whoever mends a shape removes its entry, and whoever
 * mends the last one removes this file.
 */
export const WRONG_TODAY: Readonly<Record<string, readonly string[]>> = {
  'setuptools-scm-static': [
    'acme_scm_static-py3-none-any.whl lacks acme_scm_static/data/table.csv',
    'acme_scm_static.tar.gz has another acme_scm_static.egg-info/SOURCES.txt',
    'acme_scm_static.tar.gz lacks acme_scm_static/data/table.csv',
    'acme_scm_static.tar.gz lacks schema.sql',
  ],
  'setuptools-scm-dynamic': ['refused: pypi-dynamic-version'],
  'setuptools-links': ['refused: symlink'],
  'hatchling-root-ignore': [
    'acme_hatchling-py2.py3-none-any.whl has acme_hatchling/local_settings.py besides',
    'acme_hatchling.tar.gz lacks .gitignore',
    'acme_hatchling.tar.gz has debug.log besides',
    'acme_hatchling.tar.gz has node_modules/left-pad/index.js besides',
    'acme_hatchling.tar.gz has src/acme_hatchling/local_settings.py besides',
  ],
  'hatch-vcs': ['refused: pypi-dynamic-version'],
  'hatch-force-include': ['refused: pypi-build-failed'],
  'pdm-scm': ['refused: pypi-dynamic-version'],
  'poetry-core': [
    'acme_poetry-py2.py3-none-any.whl has acme_poetry/local_settings.py besides',
    'acme_poetry.tar.gz has acme_poetry/local_settings.py besides',
  ],
  'meson-python': ['refused: pypi-build-failed'],
  'maturin-workspace': ['refused: pypi-build-failed'],
  flit: [
    'acme_flit-py2.py3-none-any.whl has another acme_flit/run.bat',
    'acme_flit.tar.gz has another acme_flit/run.bat',
  ],
  'uv-workspace': ['refused: pypi-build-failed'],
  'python-beside-pnpm': ['refused: symlink'],
  'python-submodule': ['refused: submodule'],
  'hatch-version-path': ['refused: pypi-dynamic-version'],
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
  'docker-links': ['refused: symlink'],
  'docker-names': ['refused: symlink-escape'],
  'docker-ignores-itself': [
    'image has app/.dockerignore besides',
    'image has app/Dockerfile besides',
  ],
  'docker-linked-file': ['refused: invalid-input'],
  'docker-lfs': ['image has another srv/model.bin'],
  'oddities-elsewhere': ['refused: submodule'],
  'lfs-asset': [
    '@acme-shape/lfs-asset.tgz has another model.bin',
    'acme_lfs-py2.py3-none-any.whl has another acme_lfs/model.bin',
    'acme_lfs.tar.gz has another src/acme_lfs/model.bin',
    'github.com/acme/go-lfs.zip has another model.bin',
  ],
};
