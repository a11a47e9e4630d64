import { type Answer, errorAnswer, type HttpResponse } from '@ameide/publisher-kit';
import { type Problem, problem } from '@ameide/versioning-core';
import type { Operation } from '../problems.ts';
import { type RegistryClient, writeAnswer } from './client.ts';

/**
 * Deletes a manifest by its digest, and with it every tag that names it, in one attempt
 * (distribution-spec, "Deleting Manifests"). By a tag, it removes the tag alone: not every registry can.
 */
export async function deleteManifest(
  client: RegistryClient,
  reference: string,
  signal: AbortSignal,
): Promise<Answer<Problem>> {
  const operation = client.operation('delete', reference);
  const url = client.url(`manifests/${reference}`);
  const sent = await client.session.send({ method: 'DELETE', url, signal }, 'delete', operation);
  const { response } = sent;
  if (response === undefined) return errorAnswer(sent.kind, named(sent.problem));
  if (isUnsupported(response))
    return { state: 'not-processed', again: false, reason: unsupported(operation) };
  const answer = writeAnswer(operation, response, [200, 202, 204], { again: true });
  return answer.state === 'accepted' ? answer : { ...answer, reason: named(answer.reason) };
}

/** distribution answers 405 UNSUPPORTED where deletion is not enabled; others use another status. */
function isUnsupported(response: HttpResponse): boolean {
  if (response.status === 405 || response.status === 501) return true;
  return response.status >= 400 && /"UNSUPPORTED"/.test(response.text());
}

function unsupported({ coordinate, what }: Operation): Problem {
  return problem({
    code: 'ghcr-removal-unsupported',
    kind: 'incomplete',
    message: `Could not ${what}: this registry does not delete manifests.`,
    hint:
      'Enable it on the registry (docker-registry and distribution: REGISTRY_STORAGE_DELETE_ENABLED=true), or use its own ' +
      'clean-up. To remove from the other registries only, run prune with --only.',
    reason: 'this registry does not delete manifests',
    coordinate,
    rerun: 'after-fix',
  });
}

function named(found: Problem): Problem {
  return found.kind === 'authentication' ? { ...found, hint: HINT } : found;
}

const HINT =
  'Check the options token and user: deleting needs more rights than pushing does (Docker Hub: Read, Write, Delete; Harbor: ' +
  'maintainer; GitLab: at least maintainer).';
