import { findIdentity, type IdentityClaims, providerName } from '@ameide/publisher-kit/identity';
import { type Problem, problem, type Step } from '@ameide/versioning-core';
import { inspectVersion } from '../inspect.ts';
import { formatNpm } from '../manifest/name.ts';
import type { Target } from '../options.ts';
import type { NpmPlan } from '../plan.ts';
import { signerOf } from './signer.ts';

/**
 * Checks that this job can make a provenance that the registry takes. Nothing is needed if the version is published
 * already: a provenance comes only with the upload. Signs nothing.
 */
export async function checkSigner(
  target: Target,
  plan: NpmPlan,
  step: Step,
): Promise<readonly Problem[]> {
  const [coordinate] = plan.coordinates;
  // `validate` has refused a definition without `identity`.
  if (coordinate === undefined || plan.signing?.identity === undefined) return [];
  const found = await inspectVersion(target, coordinate, { sha: plan.sha }, step.signal);
  if (found.state !== 'absent') return [];
  const provider = findIdentity(target.env, target.http)?.provider ?? 'github';
  if (provider !== 'github') return [unsupported(plan, `of ${providerName(provider)}`)];
  const refused = await signerOf(target, plan).check(step.signal, (claims) =>
    refusedJob(plan, claims),
  );
  return refused === undefined ? [] : [refused];
}

/** What npmjs answers 422 to: "Unsupported GitHub Actions runner environment", "… source repository visibility". */
function refusedJob(
  plan: NpmPlan,
  { runner = 'github-hosted', visibility = 'public' }: IdentityClaims,
): Problem | undefined {
  if (runner !== 'github-hosted') return unsupported(plan, `on a ${runner} runner`);
  return visibility === 'public'
    ? undefined
    : unsupported(plan, `in a repository that is ${visibility}`);
}

function unsupported(plan: NpmPlan, where: string): Problem {
  const coordinate = formatNpm(plan);
  return problem({
    code: 'npm-provenance-unsupported',
    kind: 'policy',
    message: `npm would refuse the provenance of ${coordinate}: it takes none from a job ${where}.`,
    hint: 'Publish from GitHub Actions, on a GitHub-hosted runner, in a public repository; or set provenance to false.',
    coordinate,
  });
}
