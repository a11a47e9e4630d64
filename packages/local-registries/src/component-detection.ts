import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Component, ComponentName, Found } from './component.ts';
import { kubeconform, kubernetes } from './component-kubernetes.ts';
import { memoize, optionalFolder, optionalProgram, output, program } from './component-programs.ts';
import { pypiserver, pythonModule, pythonNames } from './component-python.ts';
import { dockerBuild, dockerEngine, ocireg, pulp, sigstore } from './component-servers.ts';

interface Recipe {
  readonly install: string;
  readonly isOptional?: true;
  find(): Found;
}

/** What Go programs read YAML with, for a program that a test builds without a network. */
const GO_YAML = [
  'gopkg.in/yaml.v3@v3.0.1',
  'sigs.k8s.io/yaml@v1.6.0',
  'go.yaml.in/yaml/v2@v2.4.2',
  // The other two name it, so Go wants to know what it needs.
  'gopkg.in/check.v1@v0.0.0-20161208181325-20d25e280405',
] as const;

/** Builds all of them; those that are there are kept. */
const BUILD_KUBERNETES = 'npx -y pnpm@12 test:kubernetes';

/** What container runtimes read the names of images with, for the same purpose. */
const GO_REFERENCE = [
  'github.com/distribution/reference@v0.6.0',
  'github.com/opencontainers/go-digest@v1.0.0',
] as const;

const RECIPES: Readonly<Record<ComponentName, Recipe>> = {
  git: { install: 'apt-get install git', find: () => program('git') },
  go: { install: 'see https://go.dev/dl/', find: () => program('go') },
  'go-yaml': { install: `go mod download ${GO_YAML.join(' ')}`, find: () => goModules(GO_YAML) },
  'go-reference': {
    install: `go mod download ${GO_REFERENCE.join(' ')}`,
    find: () => goModules(GO_REFERENCE),
  },
  python: { install: 'apt-get install python3', find: () => program(...pythonNames) },
  packaging: { install: 'python3 -m pip install packaging', find: () => pythonModule('packaging') },
  pyyaml: { install: 'python3 -m pip install pyyaml', find: () => pythonModule('yaml') },
  pip: { install: 'apt-get install python3-pip', find: () => pythonModule('pip') },
  'python-build': { install: 'python3 -m pip install build', find: () => pythonModule('build') },
  uv: { install: 'python3 -m pip install uv', find: () => program('uv') },
  twine: { install: 'python3 -m pip install twine', find: () => pythonModule('twine') },
  poetry: {
    install: 'uv tool install poetry, or pipx install poetry',
    find: () => program('poetry'),
  },
  npm: { install: 'comes with Node.js: https://nodejs.org', find: () => program('npm') },
  pnpm: { install: 'npm install --global pnpm@12', find: () => program('pnpm') },
  pypiserver: { install: 'python3 -m pip install "pypiserver[passlib]"', find: pypiserver },
  devpi: {
    install: 'python3 -m pip install devpi-server',
    find: () => (program('devpi-init') ? program('devpi-server') : undefined),
  },
  'docker-registry': {
    install: 'apt-get install docker-registry',
    find: () => program('docker-registry'),
  },
  ocireg: {
    install: 'go install github.com/google/go-containerregistry/cmd/registry@v0.22.1',
    find: ocireg,
  },
  'referrers-registry': {
    install: 'go -C packages/local-registries/programs/referrers-registry install .',
    find: () => program('referrers-registry'),
  },
  'docker-engine': { install: 'apt-get install docker.io, then start dockerd', find: dockerEngine },
  skopeo: { install: 'apt-get install skopeo', find: () => program('skopeo') },
  cargo: { install: 'see https://rustup.rs', find: () => program('cargo') },
  yarn: { install: 'npm install --global @yarnpkg/cli-dist@4', find: yarn },
  bun: { install: 'npm install --global bun@1', find: () => program('bun') },
  'git-lfs': { install: 'apt-get install git-lfs', find: () => program('git-lfs') },
  openssl: { install: 'apt-get install openssl', find: () => program('openssl') },
  'docker-build': {
    install: 'apt-get install docker.io, and docker-buildx where Debian has it',
    find: dockerBuild,
  },
  chromium: {
    install: 'apt-get install chromium',
    find: () => program('chromium', 'chromium-browser', 'google-chrome'),
  },
  kubeconform: {
    install:
      'go install github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0, then npx -y pnpm@12 install:kubernetes-schemas',
    find: kubeconform,
  },
  kustomize: {
    install: 'go install sigs.k8s.io/kustomize/kustomize/v5@v5.8.2',
    find: () => program('kustomize'),
  },
  crane: {
    install: 'go install github.com/google/go-containerregistry/cmd/crane@v0.22.1',
    find: () => program('crane'),
  },
  oras: { install: 'go install oras.land/oras/cmd/oras@v1.3.6', find: () => program('oras') },
  distribution: {
    install: `GOBIN=${optionalFolder('distribution')} go install github.com/distribution/distribution/v3/cmd/registry@v3.0.0`,
    find: () => optionalProgram('distribution', 'registry'),
  },
  actionlint: {
    install: 'go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12',
    find: () => program('actionlint'),
  },
  zizmor: {
    install: 'uv tool install zizmor==1.32.0, or pipx install zizmor==1.32.0',
    find: () => program('zizmor'),
  },
  cosign: {
    install:
      'apt-get install cosign, from Debian unstable, or go install github.com/sigstore/cosign/v3/cmd/cosign@v3.1.1',
    find: cosign,
  },
  'cosign-kms': {
    install: `GOBIN=${optionalFolder('cosign')} go install github.com/sigstore/cosign/v3/cmd/cosign@v3.1.1`,
    isOptional: true,
    find: () => optionalProgram('cosign', 'cosign'),
  },
  'pypi-attestations': {
    install: 'uv tool install pypi-attestations==0.0.30, or pipx install pypi-attestations==0.0.30',
    find: () => program('pypi-attestations'),
  },
  gitea: {
    install: 'npx -y pnpm@12 test:gitea',
    isOptional: true,
    find: () => optionalProgram('gitea', 'gitea'),
  },
  pulp: {
    install: 'apt-get install postgresql, then npx -y pnpm@12 test:pulp',
    isOptional: true,
    find: pulp,
  },
  sigstore: { install: 'npx -y pnpm@12 test:sigstore', isOptional: true, find: sigstore },
  kubernetes: { install: BUILD_KUBERNETES, isOptional: true, find: kubernetes },
  kyverno: {
    install: BUILD_KUBERNETES,
    isOptional: true,
    find: () => optionalProgram('kubernetes', 'kyverno'),
  },
  helm: {
    install: BUILD_KUBERNETES,
    isOptional: true,
    find: () => optionalProgram('kubernetes', 'helm'),
  },
};

/** Every component's name, in the order of the table above. */
export const COMPONENT_NAMES: readonly ComponentName[] = Object.keys(RECIPES) as ComponentName[];

/**
 * Looks for a component on this machine: on PATH, in Go's `bin` folder, among Python's modules, or
 * on Docker Engine's socket. Uses no network. Caches the first answer for the whole process.
 */
export const component: (name: ComponentName) => Component = memoize((name) => {
  const recipe = RECIPES[name];
  const { install, isOptional = false } = recipe;
  const found = recipe.find();
  return { available: found !== undefined, ...found, install, isOptional };
});

/** Finds Go's cache of modules, if it has the sources of these. */
function goModules(names: readonly string[]): Found {
  const go = program('go')?.path;
  if (go === undefined) return undefined;
  const path = output(go, ['env', 'GOMODCACHE']).trim();
  return names.every((name) => existsSync(join(path, name))) ? { path } : undefined;
}

function yarn(): Found {
  const found = program('yarn');
  // Yarn 1 is a different program.
  return found?.path !== undefined && !output(found.path, ['--version']).startsWith('1.')
    ? found
    : undefined;
}

function cosign(): Found {
  const found = program('cosign');
  // Before 3.1 it has other options. Debian's build does not know its own version.
  const help = found?.path === undefined ? '' : output(found.path, ['verify-blob', '--help']);
  return help.includes('--trusted-root') && !help.includes('--rekor-url') ? found : undefined;
}
