import {
  type Finding,
  InvalidInputError,
  managesName,
  type Publisher,
  type Step,
  type Subject,
} from '@ameide/versioning-core';
import semver from 'semver';
import { buildPackage } from './build.ts';
import { checkTarget, checkTools } from './check.ts';
import { checkRemoval, keepsVersions } from './check-removal.ts';
import { deprecateVersion } from './deprecate.ts';
import { inspectVersion } from './inspect.ts';
import { loadTarball, saveTarball } from './load.ts';
import { stampOf } from './manifest/stamp.ts';
import { moveDistTag } from './move-pointer.ts';
import type { Access, Target } from './options.ts';
import type { Packer } from './pack/packer.ts';
import { makePlan, type NpmBuilt, type NpmPlan } from './plan.ts';
import { readPointers } from './pointers.ts';
import { promotePointers } from './promote.ts';
import { publishVersion } from './publish.ts';
import { rehearseVersion } from './rehearse.ts';
import { removeVersions } from './remove.ts';
import { validatePackage } from './validate.ts';
import { listVersions } from './versions.ts';

export type NpmPublisher = Publisher<NpmPlan, NpmBuilt>;

/** Creates the publisher of one npm package, from a folder or a bundle. */
export function createPublisher(
  packer: Packer,
  target: Target,
  {
    access: configuredAccess,
    allow = [],
  }: { readonly access?: unknown; readonly allow?: readonly string[] | undefined } = {},
): NpmPublisher {
  const { name } = packer;
  refuseUnscoped(name, target);
  const access = decideAccess(name, target, configuredAccess);
  return {
    id: `npm:${name}`,
    // Trusted publishing cannot move a dist-tag, so the upload does, and everybody sees it at once.
    get visibleOn() {
      return isTrusted(target) ? 'publish' : 'promote';
    },
    takesCommonToken: target.takesCommonToken,
    secrets: () => [target.token(), ...target.exchanged].filter((token) => token !== undefined),
    members: [{ ecosystem: 'npm', name }],
    plan(release) {
      const { registry, distTags, provenance } = target;
      const stamp = stampOf(release);
      return makePlan(
        {
          registry,
          distTags,
          provenance,
          name,
          manifest: packer.manifest(stamp),
          stamp,
          ...(access === undefined ? {} : { access }),
        },
        release,
      );
    },
    validate: async (plan, step) => validatePackage(packer, allow, plan, step),
    check: async (plan, step) => checkTarget(target, plan, packer, step),
    checkTools: async (plan) => checkTools(target, plan, packer),
    inspect: async (subject, step) => inspectSubject(target, name, subject, step),
    canInspect: ({ ecosystem }) => ecosystem === 'npm',
    versions: async (plan, step) => listVersions(target, plan, step),
    buildsFrom: packer.buildsFrom,
    ...(packer.buildKey === undefined ? {} : { buildKey: packer.buildKey }),
    isReproducible: packer.isReproducible,
    build: async (plan, step) => buildPackage(packer, allow, plan, step),
    save: saveTarball,
    load: loadTarball,
    rehearse: async (plan, built, step) => rehearseVersion(target, plan, built, step),
    publish: async (plan, built, step) => [await publishVersion(target, plan, built, step)],
    promote: async (plan, step) => promotePointers(target, plan, step),
    pointers: async (plan, step) => readPointers(target, plan, step),
    managesPointer: (tag, version) => managesName(target.distTags, tag, version),
    movePointer: async (plan, move, step) => moveDistTag(target, plan, move, step),
    deprecate: async (plan, request, step) => deprecateVersion(target, plan, request, step),
    ...(target.provenance ? proofsOf(target) : {}),
    ...(keepsVersions(target) ? {} : removalOf(target)),
  };
}

/** Loads the Sigstore libraries at the first use. */
function proofsOf(target: Target): Pick<NpmPublisher, 'proofs'> {
  return {
    async proofs(plan, step) {
      const { packageProofs } = await import('./provenance/index.ts');
      return packageProofs(target, plan, step);
    },
  };
}

function isTrusted(target: Target): boolean {
  try {
    return target.trust() !== undefined;
  } catch {
    // A token that cannot be read; `check` reports why.
    return false;
  }
}

function removalOf(target: Target): Pick<NpmPublisher, 'checkRemoval' | 'remove'> {
  return {
    checkRemoval: async (plan, step) => checkRemoval(target, plan, step),
    remove: async (plan, coordinates, step) => removeVersions(target, plan, coordinates, step),
  };
}

async function inspectSubject(
  target: Target,
  name: string,
  subject: Subject<NpmPlan, NpmBuilt>,
  step: Step,
): Promise<readonly Finding[]> {
  if ('coordinate' in subject) {
    const { coordinate } = subject;
    if (coordinate.ecosystem !== 'npm' || semver.valid(coordinate.version) !== coordinate.version) {
      const expected = `a version of npm:${name}, for example npm:${name}@1.0.0`;
      const received = `${coordinate.ecosystem}:${coordinate.name}@${coordinate.version}`;
      throw new InvalidInputError({ field: 'coordinate', received, expected });
    }
    return [await inspectVersion(target, coordinate, {}, step.signal)];
  }
  const { plan, built } = subject;
  return Promise.all(
    plan.coordinates.map(async (coordinate, index) => {
      const digest = built?.artifacts[index]?.digest;
      return inspectVersion(
        target,
        coordinate,
        { sha: plan.sha, ...(digest === undefined ? {} : { digest }) },
        step.signal,
      );
    }),
  );
}

/**
 * Throws `InvalidInputError`, code `npm-name`, for a package that GitHub Packages does not take
 * ("Working with the npm registry" in GitHub's documentation).
 */
function refuseUnscoped(name: string, { registry }: Target): void {
  const { hostname } = new URL(registry.origin);
  if (name.startsWith('@') || !/^npm\.(?:pkg\.github|[^.]+\.ghe)\.com$/.test(hostname)) return;
  const hint =
    'GitHub Packages takes scoped packages alone, and the scope is the owner: @owner/name.';
  const expected = `a scoped name, for ${registry.url}`;
  throw new InvalidInputError({ field: 'name', received: name, expected, hint }, 'npm-name');
}

/** Throws `InvalidInputError`, code `npm-access`: only scoped npm packages can be restricted. */
function decideAccess(
  name: string,
  { access: option, provenance }: Target,
  configuredAccess: unknown,
): Access | undefined {
  const access = option ?? configuredAccess ?? undefined;
  if (access !== undefined && access !== 'public' && access !== 'restricted') {
    throw new InvalidInputError(
      { field: 'publishConfig.access', expected: 'public or restricted' },
      'npm-access',
    );
  }
  if (provenance) return publicAccess(name, access);
  if (access !== 'restricted' || name.startsWith('@')) return access;
  const hint = 'Put the package into a scope, or publish it with access public.';
  throw new InvalidInputError(
    { field: 'access', received: access, expected: 'public, for a package without a scope', hint },
    'npm-access',
  );
}

/**
 * Throws `InvalidInputError`, code `npm-provenance-access`: a provenance is public, so npmjs takes one only
 * with a public package, and makes a new scoped package private unless the upload says otherwise.
 */
function publicAccess(name: string, access: Access | undefined): Access {
  if (access === 'public' || (access === undefined && !name.startsWith('@'))) return 'public';
  throw new InvalidInputError(
    {
      field: 'access',
      ...(access === undefined ? {} : { received: access }),
      expected: 'public, for a package with a provenance',
      hint: "Set the option access (or publishConfig.access) to 'public', or provenance to false.",
    },
    'npm-provenance-access',
  );
}
