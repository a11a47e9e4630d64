import satisfies from 'semver/functions/satisfies.js';
import validRange from 'semver/ranges/valid.js';
import type { Decision, DecisionContext } from './decision.ts';
import { reasonNotToLower } from './lowest.ts';
import { lowestNpm } from './lowest-npm.ts';

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
  if (isPeer && admits(range, artifact.version))
    return { kept: `${range} admits ${artifact.version}` };
  const { isNamed } = context;
  const kept = reasonNotToLower(range, lowestNpm(range), { release: artifact, isNamed });
  if (kept !== undefined) return { kept };
  if (range.startsWith('workspace:')) return { to: `${alias}${ownRange(context)}` };
  if (isPeer) return peer(alias, range, artifact.version);
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
  // `jsr:`, and what else a package manager may know.
  if (/^[a-z][a-z+.-]*:/i.test(range) && !range.startsWith('workspace:'))
    return 'it is not taken from the registry of npm';
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

/** With `workspace:` before it, a range may be the package's own version, whatever that is. */
function admits(range: string, version: string): boolean {
  const bare = range.replace(/^workspace:/, '');
  if (bare !== range && ['*', '^', '~', ''].includes(bare)) return true;
  return satisfies(version, bare, { includePrerelease: true });
}

function peer(alias: string, range: string, version: string): Decision {
  if (validRange(range) === null) return { kept: `${range} is not a version range` };
  const [, kind] = /^(\^|~|>=|=?)\s*v?\d[^\s|]*$/.exec(range.trim()) ?? [];
  return { to: `${alias}${kind === undefined ? `${range} || ^${version}` : `${kind}${version}`}` };
}
