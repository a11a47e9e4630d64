import { needsIdentity } from '@ameide/publisher-kit/identity';
import { isObject } from '@ameide/source-files/json';
import { type Problem, problem } from '@ameide/versioning-core';
import { formatNpm } from '../manifest/name.ts';
import { repositoryUrl } from '../manifest/rewrite.ts';
import { normaliseManifest } from '../pack/metadata.ts';
import type { NpmPlan } from '../plan.ts';

/**
 * Reports, offline, what keeps npmjs from taking the provenance of this plan: nobody is named who may sign it, or
 * the package names another repository than the one that signs.
 */
export async function provenanceFlaws(plan: NpmPlan): Promise<readonly Problem[]> {
  if (plan.signing === undefined) return [];
  const { identity } = plan.signing;
  if (identity === undefined) return [noIdentity(plan)];
  const { repository } = await normaliseManifest(plan.manifest);
  const url = isObject(repository) ? repository['url'] : undefined;
  const written = typeof url === 'string' ? url : '';
  return repositoryOf(written) === identity.repository
    ? []
    : [otherRepository(plan, written, identity.repository)];
}

/** Npm's own library has expanded the short forms: `git+https://`, `git+ssh://git@`, `git://` are left. */
function repositoryOf(url: string): string | undefined {
  const [, host, path] =
    /^(?:git\+)?(?:https?|ssh|git):\/\/(?:[^/@]+@)?([^/:]+)[/:](.+?)(?:\.git)?\/?$/.exec(url) ?? [];
  return host === undefined ? undefined : `https://${host}/${path}`;
}

function noIdentity(plan: NpmPlan): Problem {
  const coordinate = formatNpm(plan);
  const code = 'npm-provenance-identity';
  return needsIdentity({ code, proof: 'provenance', of: coordinate, coordinate });
}

function otherRepository(plan: NpmPlan, written: string, expected: string): Problem {
  const named = written === '' ? 'no repository' : `the repository ${written}`;
  return problem({
    code: 'npm-provenance-repository',
    kind: 'input',
    message: `The package.json of ${formatNpm(plan)} names ${named}, but its provenance will name ${expected}: npm refuses the package.`,
    hint: `Set repository.url in package.json to ${repositoryUrl(expected)}, in exactly this spelling.`,
    coordinate: formatNpm(plan),
    field: 'repository.url',
  });
}
