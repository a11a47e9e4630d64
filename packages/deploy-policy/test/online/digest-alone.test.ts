import { describe, expect, test } from 'vitest';
import {
  answersWith,
  checkedOnline,
  DEV_BYTES,
  pod,
  RELEASE_BYTES,
  SDK,
  standInRegistry,
} from './stand-in-registry.ts';

const AT = '7:14 spec.containers[0].image';

describe('a digest alone is of the channel of the tags with the same bytes', () => {
  test.each([
    ['production', RELEASE_BYTES, []],
    ['staging', RELEASE_BYTES, []],
    ['development', RELEASE_BYTES, []],
    ['ephemeral', RELEASE_BYTES, []],
    ['digests', RELEASE_BYTES, []],
    ['production', DEV_BYTES, [`deploy-tag-not-allowed ${AT}`]],
    ['staging', DEV_BYTES, []],
    ['development', DEV_BYTES, []],
    ['ephemeral', DEV_BYTES, []],
    ['digests', DEV_BYTES, []],
  ])('in %s, %s', async (environment, bytes, problems) => {
    const registry = standInRegistry(answersWith({}));
    expect(await checkedOnline(pod([`${SDK}@${bytes}`]), registry, environment)).toEqual(problems);
  });
});
