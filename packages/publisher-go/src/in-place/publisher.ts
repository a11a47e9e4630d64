import type { Publisher, Release, SourceTree } from '@ameide/versioning-core';
import { deriveVersions, InvalidInputError } from '@ameide/versioning-core';
import type { Access } from '../access.ts';
import { openAccess } from '../access.ts';
import type { GoMod } from '../go-mod.ts';
import type { GoModuleOptions } from '../options.ts';
import { publishedFrom } from '../push-outcome.ts';
import { findDev, findSource, findTag } from './inspect.ts';
import type { InPlacePlan } from './plan.ts';
import { notPushed } from './problems.ts';

interface Input {
  readonly source: SourceTree;
  readonly directory: string;
  readonly goMod: GoMod;
  readonly options: GoModuleOptions;
}

/** Opens the publisher of a module in the source repository itself: a release is one tag, a dev build the commit as it is. */
export async function inPlacePublisher({ source, directory, goMod, options }: Input): Promise<Publisher<InPlacePlan>> {
  const name = goMod.module.path;
  const tags = await source.ancestorTags();
  const lineage = { tags: tags.map(({ tag }) => tag), tagsAtCommit: tags.filter(({ sha }) => sha === source.sha).map(({ tag }) => tag) };
  // One host for a whole run: the plan names it, and a question about a coordinate has no plan of its own.
  let home: string | undefined = options.remote;
  let opened: Access | undefined;
  const access = (): Access => (opened ??= openAccess(home ?? noHome(), options));

  return {
    id: `go:${name}`,
    visibility: 'immediate',
    members: [{ ecosystem: 'go', name }],
    plan(release) {
      home ??= homeOf(release);
      const { go } = deriveVersions(release.canonical, release.channel, lineage, {
        afterRelease: 'keep',
        go: { directory, modulePath: name },
      });
      return {
        publisher: `go:${name}`,
        registry: home,
        sha: source.sha,
        coordinates: [{ ecosystem: 'go', name, version: go.version }],
        pointers: [],
        tag: go.tag === null ? null : `refs/tags/${go.tag}`,
      };
    },
    async check(plan, step) {
      const problems = await access().check(step.signal);
      if (problems.length > 0 || plan.tag !== null) return problems;
      const findings = await findDev(plan, access(), step);
      return findings.filter(({ state }) => state === 'absent').map(({ coordinate }) => notPushed(coordinate, plan));
    },
    async inspect(subject, step) {
      if ('coordinate' in subject) {
        const prefix = directory === '' ? '' : `${directory}/`;
        return [await findSource(subject.coordinate, { prefix, gitDirectory: source.gitDirectory, access: access() }, step)];
      }
      const { plan } = subject;
      return plan.tag === null ? findDev(plan, access(), step) : findTag(plan, plan.tag, access(), step);
    },
    async build(plan) {
      return { built: { artifacts: plan.coordinates.map((coordinate) => ({ coordinate, name: 'commit', digest: plan.sha, size: 0 })) } };
    },
    async publish(plan, _built, step) {
      const { tag, sha } = plan;
      const [coordinate] = plan.coordinates;
      if (coordinate === undefined || tag === null)
        return plan.coordinates.map((entry) => ({ coordinate: entry, outcome: 'already-there', digest: sha }));
      step.emit({ publisher: plan.publisher, message: `pushing ${tag}` });
      const answer = await access().remote.push(source.gitDirectory, [{ ref: tag, sha, expect: null }], { signal: step.signal });
      return [publishedFrom({ answer, coordinate, digest: sha, what: `push ${tag} to ${plan.registry}` })];
    },
  };
}

function homeOf(release: Release): string {
  return release.repository === undefined ? noHome() : `${release.repository}.git`;
}

function noHome(): never {
  throw new InvalidInputError({
    field: 'remote',
    expected: 'the git URL that tags are pushed to',
    hint: 'Set repository in defineRelease, or remote in goModule: this clone has no origin that tells.',
  });
}
