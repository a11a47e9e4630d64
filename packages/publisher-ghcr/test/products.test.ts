import {
  type FaultSubject,
  type RecordingProxyOptions,
  startOciRegistry,
} from '@ameide/local-registries';
import { describe, expect, test } from 'vitest';
import { run } from './published.ts';
import { type World, worldOf } from './registry-world.ts';
import { OTHER } from './release.ts';

// Stand-ins of ours for products that cannot be had here: what each answers, in front of our registry.

type Answer = NonNullable<ReturnType<NonNullable<RecordingProxyOptions['fault']>>>;

const answer = (status: number, code: string, message: string): Answer => ({
  kind: 'status',
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ errors: [{ code, message }] }),
});

const tagOf = ({ path }: FaultSubject): string | undefined =>
  /\/manifests\/(?!sha256:)([^/]+)$/.exec(path)?.[1];

/** Refuses, as `refusal` says, to set a tag that is there. */
async function immutable(refusal: Answer): Promise<World> {
  const set = new Set<string>();
  return worldOf(await startOciRegistry(), {
    fault(request) {
      const tag = tagOf(request);
      if (request.method !== 'PUT' || tag === undefined) return undefined;
      if (set.has(tag)) return refusal;
      set.add(tag);
      return undefined;
    },
  });
}

describe('a registry where a tag cannot be set again', () => {
  test.each<[string, Answer]>([
    // Quoted in GoogleContainerTools/jib’s message to its users; AWS names the exception ImageTagAlreadyExistsException.
    [
      'Amazon ECR',
      answer(
        400,
        'TAG_INVALID',
        "The image tag 'latest' already exists in the 'sdk' repository and cannot be overwritten because the repository is immutable.",
      ),
    ],
    // goharbor/harbor, src/server/middleware/immutable: the message; pull 9427: the status.
    [
      'Harbor',
      answer(
        412,
        'PRECONDITION',
        "Failed to process request due to 'ameideio/sdk:latest' configured as immutable.",
      ),
    ],
    // Google’s page on troubleshooting, "push"; the client shows it as `manifest invalid`.
    [
      'Google Artifact Registry',
      answer(
        400,
        'MANIFEST_INVALID',
        'cannot update tag latest. The repository has enabled tag immutability',
      ),
    ],
    // Azure/acr-cli 70: the status and the code of a locked tag.
    [
      'Azure Container Registry',
      answer(
        405,
        'REGISTRY_DISALLOWED_OPERATION',
        'The operation is disallowed on this registry, repository or image.',
      ),
    ],
    // docker/hub-feedback 2466: the status; the message is quoted in several repositories.
    [
      'Docker Hub',
      answer(
        403,
        'DENIED',
        'requested access to the resource is denied - This tag is already assigned to an image in this repository and cannot be updated due to immutability settings.',
      ),
    ],
    // quay/quay, endpoints/v2/errors.py.
    ['Quay', answer(409, 'TAG_ALREADY_EXISTS', 'tag was already pushed')],
    // GoogleContainerTools/kaniko 1095: without the right to delete.
    ['Artifactory', answer(403, 'MANIFEST_INVALID', 'manifest invalid')],
  ])('%s publishes a version, and the hint of what stays names the option', async (_, refusal) => {
    await using world = await immutable(refusal);
    const first = await run(world, { base: '1.0.0', channel: 'release' });
    await first.publish();
    expect((await first.promote()).map(({ outcome }) => outcome)).toEqual(['moved', 'moved']);
    const next = await run(world, { base: '1.0.1', sha: OTHER, channel: 'release' });
    expect((await next.publish()).map(({ outcome }) => outcome)).toEqual([
      'published',
      'published',
    ]);
    world.proxy.clear();
    for (const { outcome, problem } of await next.promote()) {
      expect(outcome).toBe('blocked');
      expect(problem?.hint).toContain('movingTags: { release: null, dev: null }');
      expect(problem).toMatchObject({ effect: 'none', rerun: 'after-fix' });
    }
    expect(world.proxy.mutating(), 'each is tried once').toHaveLength(2);
    const without = await run(
      world,
      { base: '1.0.1', sha: OTHER, channel: 'release' },
      { movingTags: { release: null, dev: null } },
    );
    expect(await without.promote()).toEqual([]);

    // Another run set the version’s tag after we had read it.
    const late = await run(world, { base: '1.0.2', sha: 'c'.repeat(40), channel: 'release' });
    const theirs = await run(world, { base: '1.0.2', sha: 'd'.repeat(40), channel: 'release' });
    await theirs.publish();
    expect((await late.publish()).map(({ problem }) => problem?.code)).toContain(
      'ghcr-tag-conflict',
    );
    expect((await world.tags())['1.0.2']).toBe(theirs.built.manifest.digest);
  });
});

describe('a registry that makes no repository at the first push', () => {
  const refused = (request: FaultSubject, refusal: Answer): Answer | undefined =>
    request.path.startsWith('/v2/ameideio/') ? refusal : undefined;

  test.each<[string, Answer, string]>([
    // plexsystems/sinker 55; aws-actions/amazon-ecr-login 4.
    [
      'Amazon ECR',
      answer(
        404,
        'NAME_UNKNOWN',
        "The repository with name 'ameideio/sdk' does not exist in the registry with id '123456789012'",
      ),
      'ghcr-not-found',
    ],
    // GoogleCloudPlatform/cloud-builders-community 588.
    [
      'Google Artifact Registry',
      answer(404, 'NAME_UNKNOWN', 'Repository "ameideio" not found'),
      'ghcr-not-found',
    ],
    // goharbor/harbor 17097: with a token that is valid.
    [
      'Harbor',
      answer(401, 'UNAUTHORIZED', 'project ameideio not found: project ameideio not found'),
      'ghcr-unauthorized',
    ],
  ])('%s: the hint says to create it, and nothing was sent', async (_, refusal, code) => {
    await using world = await worldOf(await startOciRegistry(), {
      fault: (request) => refused(request, refusal),
    });
    const opened = await run(world);
    expect(await opened.publisher.check(opened.plan, opened.step)).toEqual([]);
    const [published] = await opened.publish();
    expect(published).toMatchObject({
      outcome: 'incomplete',
      problem: { code, hint: expect.stringContaining('Create the repository') as string },
    });
    expect(world.proxy.requests.filter(({ method }) => method === 'PUT')).toEqual([]);
    expect(await world.tags()).toEqual({});
  });

  test('is not confused with a token that may not push', async () => {
    await using world = await worldOf(await startOciRegistry(), {
      fault: (request) =>
        refused(
          request,
          answer(
            401,
            'UNAUTHORIZED',
            'unauthorized to access repository: ameideio/sdk, action: push',
          ),
        ),
    });
    const opened = await run(world);
    await opened.publisher.check(opened.plan, opened.step);
    const [published] = await opened.publish();
    expect(published?.problem?.hint).toContain('may push to this repository');
    expect(published?.problem?.hint).not.toContain('Create the repository');
  });
});
