import { readFileSync } from 'node:fs';
import { needs } from '@ameide/local-registries/components';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, describe, expect, test } from 'vitest';
import {
  cargoVersion,
  stampCargoLock,
  stampCargoToml,
  stampRequirements,
} from '../src/project/cargo.ts';
import { build, commit, open, removeScratch, sdistMembers } from './world.ts';

afterAll(removeScratch);

const VERSION = '0.1.0.dev20251113153211';
const CRATE = '0.1.0-dev.20251113153211';

test.each([
  ['0.1.0', '0.1.0'],
  [VERSION, CRATE],
  ['1.2.3rc4', '1.2.3-rc.4'],
  [`${VERSION}+git.71e210b`, `${CRATE}+git.71e210b`],
])('%s is %s for Cargo', (version, semver) => {
  expect(cargoVersion(version)).toBe(semver);
});

describe('a Cargo.toml', () => {
  test.each([
    ['its own', '[package]\nname = "a"\nversion = "0.0.0" # c\n', 'version = "@" # c'],
    [
      'its workspace’s',
      '[package]\nname = "a"\nversion.workspace = true # c\n',
      'version = "@" # c',
    ],
    ['its workspace’s, inline', '[package]\nversion = { workspace = true }\n', 'version = "@"'],
  ])('with %s version gets its own', (_title, text, line) => {
    expect(stampCargoToml(text, VERSION)).toContain(line.replace('@', CRATE));
  });

  test('that is no TOML has no place for one', () => {
    expect(stampCargoToml('[package\n', VERSION)).toBeUndefined();
  });
});

test.each([
  ['by its name', '[dependencies]\na = { path = "../sdk", version = "@" }\n'],
  [
    'by another',
    '[build-dependencies]\nother = { package = "a", version = "@", path = "../sdk/" }\n',
  ],
  ['in a table', '[dev-dependencies.a]\npath = "../x/../sdk"\nversion = "@"\n'],
  ['for a target', '[target."cfg(unix)".dependencies]\na = { version = "@", path = "../sdk" }\n'],
  ['for a workspace', '[workspace.dependencies]\na = { version = "@", path = "../sdk" }\n'],
])('a Cargo.toml that requires a stamped crate %s requires its version', (_title, text) => {
  const others =
    '[dependencies.b]\nversion = "0.0.0"\npath = "../b"\n[dependencies.c]\npackage = "a"\nversion = "0.0.0"\n';
  const crate = { name: 'a', folder: '../sdk' };
  expect(stampRequirements(`${text}${others}`.replace('@', '0.0.0'), VERSION, crate)).toBe(
    `${text}${others}`.replace('@', `=${CRATE}`),
  );
});

test('a Cargo.lock: a package from a registry of the same name stays', () => {
  const lock = (version: string): string =>
    `version = 3\n\n[[package]]\nname = "a"\nversion = "9.9.9"\nsource = "registry+x"\n\n[[package]]\nname = "a"\nversion = "${version}"\n`;
  expect(stampCargoLock(lock('0.0.0'), 'a', VERSION)).toBe(lock(CRATE));
});

const MAIN = 'fn main() {\n    print!("{}", env!("CARGO_PKG_VERSION"));\n}\n';
const PYPROJECT =
  '[build-system]\nrequires = ["maturin==1.9.6"]\nbuild-backend = "maturin"\n\n[project]\nname = "acme-sdk"\ndynamic = ["version"]\n\n[tool.maturin]\nbindings = "bin"\nlocked = true\n';
const PACKAGE = '[package]\nname = "acme-sdk"\nedition = "2021"\n';
const LOCK = '# made by cargo\nversion = 3\n\n[[package]]\nname = "acme-sdk"\nversion = "0.0.0"\n';

const LAYOUTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a package beside pyproject.toml': {
    'sdk/pyproject.toml': PYPROJECT,
    'sdk/Cargo.toml': `${PACKAGE}version = "0.0.0"\n`,
    'sdk/Cargo.lock': LOCK,
    'sdk/src/main.rs': MAIN,
  },
  'a package below it, with its workspace’s version': {
    'Cargo.toml':
      '[workspace]\nresolver = "2"\nmembers = ["sdk/rust"]\n[workspace.package]\nversion = "0.0.0"\n',
    'Cargo.lock': LOCK,
    'sdk/pyproject.toml': `${PYPROJECT}manifest-path = "rust/Cargo.toml"\n`,
    'sdk/rust/Cargo.toml': `${PACKAGE}version.workspace = true\n`,
    'sdk/rust/src/main.rs': MAIN,
  },
};

/** PyPI takes no wheel for linux_x86_64, which this machine builds. */
const INDEX = {
  uploadUrl: 'https://index.example.org/legacy/',
  simpleUrl: 'https://index.example.org/simple/',
};

needs(
  'git',
  'uv',
  'cargo',
)('maturin, with the version in Cargo.toml and cargo --locked', () => {
  test.each(Object.entries(LAYOUTS))(
    '%s: metadata, program and lock file tell the release’s version',
    async (_title, files) => {
      const built = await build(await open(commit(files), INDEX));
      const [wheel, sdist] = built.files;
      expect(wheel?.name).toMatch(new RegExp(`^acme_sdk-${VERSION}-`));
      expect(sdist?.name).toBe(`acme_sdk-${VERSION}.tar.gz`);
      const program = Object.entries(unzipSync(readFileSync(wheel?.path ?? ''))).find(([path]) =>
        path.endsWith('/scripts/acme-sdk'),
      );
      expect(strFromU8(program?.[1] ?? new Uint8Array(), true)).toContain(CRATE);
      const members = await sdistMembers(sdist?.path ?? '');
      const lock = members.find(({ path }) => path.endsWith('/Cargo.lock'));
      expect(strFromU8(lock?.content ?? new Uint8Array())).toContain(`version = "${CRATE}"`);
    },
    300_000,
  );
});
