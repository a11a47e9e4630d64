import { createPace, outcomeUnknown, type Seen, type Sleep, write } from '@ameide/publisher-kit';
import type { GithubAccess } from '@ameide/publisher-kit/github';
import type { Problem } from '@ameide/versioning-core';
import { type ApiRepository, openApi, type RepositoryApi } from './api.ts';
import type { GithubPlace } from './place.ts';
import {
  archived,
  disabled,
  mirrorMissing,
  notCreated,
  ownerIsAnother,
  ownerMissing,
} from './problems.ts';

/** A mirror's repository, as GitHub's API knows it. */
export interface MirrorRepository {
  /** Reports what prevents every push. Only reads. No problem if it is missing and `create` makes it. */
  check(signal: AbortSignal): Promise<{
    readonly problems: readonly Problem[];
    readonly repository?: Pick<ApiRepository, 'permissions'>;
  }>;
  /** True if it is missing, and `create` makes it. */
  willBeCreated(signal: AbortSignal): Promise<boolean>;
  /**
   * Creates it, empty, if it is missing and the definition asks for that. Another run may create it at
   * the same time.
   */
  create(signal: AbortSignal): Promise<{ readonly isNew: boolean } | { readonly problem: Problem }>;
}

export function openMirrorRepository(
  place: GithubPlace,
  access: Pick<GithubAccess, 'http' | 'sleep' | 'token'>,
): MirrorRepository {
  const { apiUrl, uploadsUrl } = place;
  const open = (signal: AbortSignal): RepositoryApi =>
    openApi({ ...access, apiUrl, uploadsUrl }, place, signal);
  return {
    async check(signal) {
      const api = open(signal);
      const { failure, value: repository } = await api.repository();
      if (failure !== undefined) return { problems: [failure.problem] };
      if (repository !== undefined) return { problems: obstaclesOf(repository, place), repository };
      if (place.create === undefined) return { problems: [mirrorMissing(place)] };
      const found = await findOwner(api, place);
      return { problems: 'problem' in found ? [found.problem] : [] };
    },
    async willBeCreated(signal) {
      if (place.create === undefined) return false;
      const { failure, value } = await open(signal).repository();
      return failure === undefined && value === undefined;
    },
    async create(signal) {
      if (place.create === undefined) return { isNew: false };
      const api = open(signal);
      const { failure, value } = await api.repository();
      if (failure !== undefined) return { problem: failure.problem };
      return value === undefined ? createIn(api, place, signal, access.sleep) : { isNew: false };
    },
  };
}

function obstaclesOf(
  { archived: isArchived, disabled: isDisabled }: ApiRepository,
  place: GithubPlace,
): readonly Problem[] {
  return [...(isArchived ? [archived(place)] : []), ...(isDisabled ? [disabled(place)] : [])];
}

type Owner = { readonly kind: 'organisation' | 'user' };

/** Returns the kind of account in which to create it: always the account that the definition names. */
async function findOwner(
  api: RepositoryApi,
  place: GithubPlace,
): Promise<Owner | { readonly problem: Problem }> {
  const type = await api.ownerType();
  if (type.failure !== undefined) return { problem: type.failure.problem };
  if (type.value === undefined) return { problem: ownerMissing(place) };
  if (type.value === 'Organization') return { kind: 'organisation' };
  const user = await api.tokenUser();
  if (user.failure !== undefined) return { problem: user.failure.problem };
  return user.value?.toLowerCase() === place.owner.toLowerCase()
    ? { kind: 'user' }
    : { problem: ownerIsAnother(place, user.value) };
}

interface Look extends Seen {
  readonly problem?: Problem;
}

async function createIn(
  api: RepositoryApi,
  place: GithubPlace,
  signal: AbortSignal,
  sleep: Sleep,
): Promise<{ readonly isNew: boolean } | { readonly problem: Problem }> {
  const owner = await findOwner(api, place);
  if ('problem' in owner) return owner;
  const written = await write<Look, Problem>(
    {
      async send() {
        const { failure } = await api.createIn(owner.kind);
        if (failure === undefined) return { state: 'accepted' };
        // Another run has just created it, and GitHub may not show it yet.
        return failure.status === 422 ? { ...failure.answer, again: true } : failure.answer;
      },
      async read() {
        const { failure, value } = await api.repository();
        if (failure !== undefined) return { state: 'unknown', problem: failure.problem };
        return { state: value === undefined ? 'absent' : 'identical' };
      },
    },
    createPace(signal, { sleep }),
  );
  if (written.state === 'accepted') return { isNew: true };
  if (written.state === 'found') return { isNew: false };
  return written.state === 'not-written'
    ? { problem: notCreated(place, written.reason) }
    : { problem: outcomeUnknown('go-github', written.reason, written.unread?.problem) };
}
