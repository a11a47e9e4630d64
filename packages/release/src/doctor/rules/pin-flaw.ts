import type { Dependency } from '@ameide/source-files/dependencies';
import semver from 'semver';
import type { ConsumersOptions } from '../../definition/consumers.ts';
import { isPlaceholder } from './python-version.ts';

interface Others {
  /** What all consumers ask for, to see what else a file says about an artifact. */
  readonly all: readonly Dependency[];
  readonly npmRange: ConsumersOptions['npmRange'];
}

type FlawOf = (dependency: Dependency, others: Others) => string | undefined;

/** Says why a requirement does not name a version; undefined if it does. */
export const flawOf: FlawOf = (dependency, others) =>
  FLAWS[dependency.ecosystem](dependency, others);

const FLAWS: Readonly<Record<Dependency['ecosystem'], FlawOf>> = {
  npm: npmFlaw,
  pypi: pypiFlaw,
  go: goFlaw,
  oci: imageFlaw,
};

function npmFlaw({ field, requirement }: Dependency, { npmRange }: Others): string | undefined {
  // A peer range says what works, and an override what others get: neither is what a service asks for.
  if (/^(?:peerDependencies|(?:pnpm\.)?overrides|resolutions)\b/.test(field)) return undefined;
  if (requirement.startsWith('catalog:')) return undefined;
  if (requirement.startsWith('workspace:')) {
    if (npmRange === 'exact' || npmRange === 'caret')
      return 'consumers.npmRange of the definition asks for real versions';
    // It is linked to the folder at the same commit; a version beside that has to be raised with the base.
    const isOpen = /^workspace:(?:.+@)?[\^~*]?$/.test(requirement);
    return isOpen && npmRange === 'workspace'
      ? 'consumers.npmRange of the definition asks for a version beside the link'
      : undefined;
  }
  const range = requirement.replace(/^npm:(?:@[^@]+|[^@]+)@/, '').trim();
  if (semver.validRange(range) === null)
    return /^[a-z][\w.-]*$/i.test(range)
      ? 'a dist-tag moves'
      : 'a URL or a folder is not a version';
  if (semver.satisfies('99999.0.0', range)) return 'any later version satisfies it';
  return undefined;
}

function pypiFlaw({ name, place, requirement }: Dependency, { all }: Others): string | undefined {
  // uv takes it from the folder, whose version is the placeholder: it would refuse any other.
  const isOfWorkspace = all.some(
    (one) =>
      one.name === name &&
      one.place.path === place.path &&
      /\bworkspace\s*=\s*true/.test(one.requirement),
  );
  if (isOfWorkspace) return undefined;
  if (requirement.startsWith('{')) return 'a folder or a repository is not a version';
  if (/^\s*@/.test(requirement)) return 'a URL is not a version';
  const clauses = requirement
    .replace(/;.*$/s, '')
    .replaceAll(/[()\s]/g, '')
    .split(',')
    .filter(Boolean);
  if (clauses.every((one) => one === '*')) return 'any version satisfies it';
  if (
    clauses.some((one) => /^(?:={2,3}|\^|~=?)/.test(one) && isPlaceholder(one.replace(/^\D+/, '')))
  )
    return 'that is the placeholder, which is never published';
  const isBounded = clauses.some((one) => /^(?:<|={2,3}|~|\^|\d)/.test(one));
  return isBounded ? undefined : 'any later version satisfies it';
}

function goFlaw({ field, requirement }: Dependency): string | undefined {
  if (field === 'replace')
    return /^\.{0,2}\//.test(requirement) ? 'a folder is not a version' : undefined;
  return /^v0\.0\.0(?:-00010101000000-000000000000)?$/.test(requirement)
    ? 'that is the placeholder, which is never published'
    : undefined;
}

function imageFlaw({ field, requirement }: Dependency): string | undefined {
  if (requirement.includes('@sha256:')) return undefined;
  if (requirement === '') return 'no tag means latest, which moves';
  if (requirement === ':latest') return 'the tag latest moves';
  // On a developer's machine it may.
  if (requirement === ':dev' && !field.startsWith('services.')) return 'the tag dev moves';
  return undefined;
}
