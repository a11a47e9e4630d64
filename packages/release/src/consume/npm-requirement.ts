import gt from 'semver/functions/gt.js';
import satisfies from 'semver/functions/satisfies.js';
import validVersion from 'semver/functions/valid.js';
import validRange from 'semver/ranges/valid.js';
import type { Decision, DecisionContext } from './decision.ts';

/**
 * What a dependency on an npm package becomes. A peer dependency that admits the version stays: it says what works,
 * not what is installed.
 */
export function npmRequirement(
  requirement: string,
  field: string,
  context: DecisionContext,
): Decision {
  const { artifact } = context;
  const [, alias = '', range = ''] =
    /^(npm:(?:@[^/@]+\/)?[^@]+(?:@|$))?(.*)$/s.exec(requirement) ?? [];
  const origin = originOf(range);
  if (origin !== undefined) return { kept: origin };
  const isPeer = field === 'peerDependencies';
  if (range.startsWith('workspace:'))
    return isPeer && admitsWorkspace(range, context)
      ? { kept: `${range} admits ${artifact.version}` }
      : { to: `${alias}${ownRange(context)}` };
  if (isPeer) return peer(alias, range, artifact.version);
  const fixed = validVersion(range.replace(/^[\^~=v\s]+/, ''));
  if (!context.isNamed && fixed !== null && gt(fixed, artifact.version))
    return { kept: `${range} is newer; to go back, use --version or --sha` };
  const prefix = alias === '' || alias.endsWith('@') ? alias : `${alias}@`;
  return { to: `${prefix}${ownRange(context)}` };
}

/** Where a package comes from, if not from a registry; undefined for ranges and dist-tags. */
function originOf(range: string): string | undefined {
  if (range.startsWith('catalog:')) return 'a catalog has its version';
  if (range.startsWith('$')) return 'it has the version of another dependency';
  if (range === '-') return 'it is removed here';
  if (/^(?:file|link|portal|patch|exec):|^(?:\.{0,2}|~)\//.test(range))
    return 'it is taken from a folder or file';
  if (/^(?:git[+:@]|git\+|ssh:|github:|gitlab:|bitbucket:|gist:)|\.git(?:#|$)/.test(range))
    return 'it is taken from a git repository';
  if (/^https?:/.test(range)) return 'it is taken from a URL';
  // `owner/repository` is GitHub's for npm.
  if (/^[\w.-]+\/[\w.-]+(?:#.*)?$/.test(range)) return 'it is taken from a git repository';
  return undefined;
}

function ownRange({ artifact, inWorkspace, npmRange, ownVersion }: DecisionContext): string {
  const { version } = artifact;
  if (npmRange === 'exact') return version;
  // A workspace has no dev build, and not another release than its own.
  const isLinked =
    npmRange === 'workspace' &&
    inWorkspace &&
    ownVersion !== undefined &&
    satisfies(ownVersion, `^${version}`);
  // A caret would take any later release for a dev build.
  if (version.includes('-')) return version;
  return `${isLinked ? 'workspace:' : ''}^${version}`;
}

function admitsWorkspace(range: string, { artifact }: DecisionContext): boolean {
  const bare = range.slice('workspace:'.length);
  return ['*', '^', '~', ''].includes(bare) || satisfies(artifact.version, bare, PRERELEASE);
}

const PRERELEASE = { includePrerelease: true };

function peer(alias: string, range: string, version: string): Decision {
  if (validRange(range) === null) return { kept: `${range} is not a version range` };
  if (satisfies(version, range, PRERELEASE)) return { kept: `${range} admits ${version}` };
  const [, kind] = /^(\^|~|>=|=?)\s*v?\d[^\s|]*$/.exec(range.trim()) ?? [];
  return { to: `${alias}${kind === undefined ? `${range} || ^${version}` : `${kind}${version}`}` };
}
