import {
  type Answer,
  outcomeUnknown,
  type Pace,
  type Seen,
  type Written,
  write,
} from '@ameide/publisher-kit';
import type { Asked } from '@ameide/publisher-kit/github';
import type { Problem } from '@ameide/versioning-core';
import type { ApiRelease, GithubClient, ReleaseFields, Upload } from './api/client.ts';
import { measure } from './assets/make.ts';
import { compareAssets } from './compare-assets.ts';
import { fileChanged, uploadDiffers } from './problems.ts';
import { ourDrafts, type Wanted } from './release-state.ts';

/** The state that is read after a write. */
interface Look extends Seen {
  readonly problem?: Problem;
}

/** The end of a write: done, done by another run with another result, or not done. */
export type Done<T> =
  | { readonly value: T; readonly problem?: undefined }
  | { readonly problem: Problem; readonly value?: undefined };

/** Turns the answer to one attempt into the kit's. Keeps what was accepted. */
function sent<T>(asked: Asked<T>, keep: (value: T) => void): Answer<Problem> {
  if (asked.failure !== undefined) return asked.failure.answer;
  keep(asked.value);
  return { state: 'accepted' };
}

function unread(problem: Problem): Look {
  return { state: 'unknown', problem };
}

/** Returns why a write is not done, if it is not. */
function failureOf(written: Written<Look, Problem>): Problem | undefined {
  if (written.state === 'accepted' || written.state === 'found') return undefined;
  if (written.state === 'not-written') return written.reason;
  return outcomeUnknown('github', written.reason, written.unread?.problem);
}

/** Makes the tag. Returns the commit that it names afterwards: another run may have made it. */
export async function makeTag(
  client: GithubClient,
  { sha, tag }: Wanted,
  pace: Pace,
): Promise<Done<string>> {
  let named = sha;
  const written = await write<Look, Problem>(
    {
      send: async () => sent(await client.createTag(tag, sha), () => {}),
      async read() {
        const found = await client.tag(tag);
        if (found.failure !== undefined) return unread(found.failure.problem);
        if (found.value === undefined) return { state: 'absent' };
        named = found.value;
        return { state: named === sha ? 'identical' : 'conflict' };
      },
    },
    pace,
  );
  const problem = failureOf(written);
  return problem === undefined ? { value: named } : { problem };
}

/** Makes a draft, unless an unanswered request has made one. Returns all of ours, the oldest first. */
export async function makeDraft(
  client: GithubClient,
  wanted: Wanted,
  fields: ReleaseFields,
  pace: Pace,
): Promise<Done<readonly ApiRelease[]>> {
  let made: ApiRelease | undefined;
  let drafts: readonly ApiRelease[] = [];
  const written = await write<Look, Problem>(
    {
      send: async () =>
        sent(await client.createDraft(wanted.tag, fields), (release) => void (made = release)),
      async read() {
        const listed = await client.releases();
        if (listed.failure !== undefined) return unread(listed.failure.problem);
        drafts = ourDrafts(listed.value, wanted);
        return { state: drafts.length === 0 ? 'absent' : 'identical' };
      },
    },
    pace,
  );
  const problem = failureOf(written);
  if (problem !== undefined) return { problem };
  if (made === undefined) return { value: drafts };
  // Another run may have made one at the same time. A list may leave out the newest.
  const listed = await client.releases();
  if (listed.failure !== undefined) return { problem: listed.failure.problem };
  const own = made;
  const others = ourDrafts(listed.value, wanted).filter(({ id }) => id !== own.id);
  return { value: [...others, own].toSorted((a, b) => a.id - b.id) };
}

/** Uploads a file to a draft. Another run may upload the same one: then GitHub has it already. */
export async function uploadAsset(
  client: GithubClient,
  release: number,
  asset: Upload & { readonly digest: string },
  pace: Pace,
): Promise<Done<true>> {
  const { digest, name } = asset;
  // Another program may have written to it since. After this, GitHub's digest would show it.
  if ('file' in asset && (await measure(asset.file)).digest !== digest)
    return { problem: fileChanged(asset.file) };
  let shown: string | null = null;
  let unfinished: number | undefined;
  const written = await write<Look, Problem>(
    {
      async send() {
        // An interrupted upload keeps the name.
        if (unfinished !== undefined) await client.deleteAsset(unfinished);
        const asked = await client.upload(release, asset);
        // The name is taken by a file or by an interrupted upload: a read shows which.
        if (asked.failure?.status === 422) return { ...asked.failure.answer, again: true };
        return sent(asked, (made) => void (shown = made.digest));
      },
      async read() {
        const listed = await client.assets(release);
        // A 404 hides whether the release exists. The file counts as absent; the next upload shows the rest.
        if (listed.failure?.status === 404) return { state: 'absent' };
        if (listed.failure !== undefined) return unread(listed.failure.problem);
        const compared = await compareAssets(client, listed.value, [{ name, digest }]);
        if (compared.failure !== undefined) return unread(compared.failure.problem);
        const [one] = compared.value;
        unfinished = one?.state === 'unfinished' ? one.asset?.id : undefined;
        if (one?.state === 'other') shown = one.digest ?? null;
        if (one?.state === 'same') return { state: 'identical' };
        return { state: one?.state === 'other' ? 'conflict' : 'absent' };
      },
    },
    pace,
  );
  const problem = failureOf(written);
  if (problem !== undefined) return { problem };
  return shown === null || shown === digest
    ? { value: true }
    : { problem: uploadDiffers(name, digest, shown) };
}

/** Deletes a file of a draft, or a draft. Done as well if it is not there any more. */
export async function remove(
  send: () => Promise<Asked<unknown>>,
  find: () => Promise<Asked<unknown>>,
  pace: Pace,
): Promise<Done<true>> {
  const written = await write<Look, Problem>(
    {
      send: async () => sent(await send(), () => {}),
      async read() {
        const found = await find();
        if (found.failure !== undefined) return unread(found.failure.problem);
        return { state: found.value === undefined ? 'identical' : 'absent' };
      },
    },
    pace,
  );
  const problem = failureOf(written);
  return problem === undefined ? { value: true } : { problem };
}

/** Deletes a second draft of ours, which another run has made. */
export async function removeDraft(
  client: GithubClient,
  id: number,
  pace: Pace,
): Promise<Done<true>> {
  return remove(
    async () => client.deleteRelease(id),
    async () => client.release(id),
    pace,
  );
}

/** Publishes a draft. */
export async function updateRelease(
  client: GithubClient,
  id: number,
  fields: ReleaseFields,
  pace: Pace,
): Promise<Done<true>> {
  const written = await write<Look, Problem>(
    {
      send: async () => sent(await client.update(id, fields), () => {}),
      async read() {
        const found = await client.release(id);
        if (found.failure !== undefined) return unread(found.failure.problem);
        return { state: found.value?.draft === false ? 'identical' : 'absent' };
      },
    },
    pace,
  );
  const problem = failureOf(written);
  return problem === undefined ? { value: true } : { problem };
}
