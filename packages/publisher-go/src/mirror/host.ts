import { createHttp, sleep } from '@ameide/publisher-kit';
import type { Problem, Step } from '@ameide/versioning-core';
import type { PushAccess } from '../access.ts';
import type { MirrorRepository } from '../github/mirror-repository.ts';
import { type GithubPlace, githubPlace } from '../github/place.ts';
import { cannotPush } from '../github/problems.ts';
import type { ParsedOptions } from '../options.ts';
import type { MirrorPlan } from './plan.ts';

/** The host of a mirror: git's protocol, and GitHub's API if the mirror is on GitHub and there is a token. */
export interface MirrorHost {
  /** Checks that the mirror accepts pushes, or can be created. Only reads. */
  check(plan: MirrorPlan, step: Step): Promise<readonly Problem[]>;
  /** True if the mirror is missing and `create` will create it; until then it counts as empty. */
  willBeCreated(signal: AbortSignal): Promise<boolean>;
  /** Creates the mirror if it is missing and the definition asks for that. Returns a problem if it fails. */
  create(plan: MirrorPlan, step: Step): Promise<Problem | undefined>;
}

export function openHost(options: ParsedOptions, access: () => PushAccess): MirrorHost {
  const place = githubPlace(options);
  return place === undefined ? gitHost(access) : onGithub(place, options, access);
}

function gitHost(access: () => PushAccess): MirrorHost {
  return {
    check: async (_, { signal }) => access().check(signal),
    willBeCreated: async () => false,
    create: async () => undefined,
  };
}

function onGithub(
  place: GithubPlace,
  { ports = {} }: ParsedOptions,
  access: () => PushAccess,
): MirrorHost {
  const http = ports.http ?? createHttp();
  let opened: Promise<MirrorRepository> | undefined;
  // Octokit is loaded when it is needed.
  const open = (): Promise<MirrorRepository> =>
    (opened ??= import('../github/mirror-repository.ts').then(({ openMirrorRepository }) =>
      openMirrorRepository(place, {
        http,
        sleep: ports.sleep ?? sleep,
        token: () => access().token,
      }),
    ));
  return {
    async check({ publisher }, step) {
      const { signal } = step;
      if (access().token === undefined) return access().check(signal);
      const { problems, repository } = await (await open()).check(signal);
      if (problems.length > 0) return problems;
      if (repository === undefined) {
        void step.emit({ publisher, message: `publish creates ${kindOf(place)}`, isNote: true });
        return [];
      }
      const refused = await access().check(signal);
      // git's answer decides: GitHub reports no permissions for an app's token, whatever it may do.
      return refused.some(({ kind }) => kind === 'authentication') &&
        repository.permissions?.push !== true
        ? [cannotPush(place)]
        : refused;
    },
    willBeCreated: async (signal) =>
      access().token !== undefined && (await open()).willBeCreated(signal),
    async create({ publisher }, step) {
      if (place.create === undefined || access().token === undefined) return undefined;
      const made = await (await open()).create(step.signal);
      if ('problem' in made) return made.problem;
      if (made.isNew)
        void step.emit({ publisher, message: `created ${kindOf(place)}`, isNote: true });
      return undefined;
    },
  };
}

function kindOf({ create, owner, repo }: GithubPlace): string {
  return `the ${create?.private === false ? 'public' : 'private'} repository ${owner}/${repo} on GitHub`;
}
