import { join } from 'node:path';
import { ociRepository } from '@ameide/local-registries';
import { ociAccess, releaseAccess } from '../credentials.ts';
import { randomText } from '../random.ts';
import { createRepository } from '../repository.ts';
import type { Place } from '../scenario.ts';
import type { Figure, Line } from './figure.ts';

const name = (number: number): string => `image-${number}`;

/** Prepares a release of `images` images of files, each with the tags of a release. */
async function release(place: Place, images: number): Promise<Line> {
  const repository = await createRepository(join(place.folder, 'repository'), place.run);
  const numbers = Array.from({ length: images }, (_, index) => index + 1);
  const publishers = numbers.map((number) => ({
    ghcr: {
      image: `\${OCI_PREFIX}/${name(number)}`,
      files: `images/${number}`,
      user: '${OCI_USER}',
      token: '${OCI_TOKEN}',
    },
  }));
  await repository.write({
    'release.config.json': JSON.stringify({
      versionFile: 'VERSION',
      repository: 'https://github.com/example/bench',
      publishers,
    }),
  });
  const call = {
    cwd: repository.directory,
    env: { ...releaseAccess(place), ...(await ociAccess(place)) },
  };
  const { oci } = place.registries;
  return {
    name: 'publish',
    async before(round) {
      const version = `0.1.${round}`;
      await repository.write({ VERSION: `${version}\n` });
      for (const number of numbers)
        await repository.write({
          [`images/${number}/data.txt`]: randomText(50_000, number + 1000 * round),
        });
      await repository.commit(`Version ${version}`, `v${version}`);
    },
    run: async (meter) => void (await meter.run([place.command, 'publish', '--quiet'], call)),
    async check(round) {
      for (const number of numbers) {
        const image = ociRepository({ ...oci, url: `http://${oci.host}` }, `bench/${name(number)}`);
        const tags = await image.tags();
        const digest = tags[`0.1.${round}`];
        if (digest === undefined || tags['latest'] !== digest)
          throw new Error(`${name(number)}:0.1.${round} is missing, or is not the latest`);
      }
    },
  };
}

export const images: Figure = {
  name: 'growth-images',
  title: 'OCI images in one release',
  note: 'Images of 50 kB of files with the tags `<sha>`, `X.Y.Z`, `X.Y` and `latest`, each in its second version or later. A tag that was read more than a second ago is read again before it is set ([decision 72](decisions/0072-reads-beside-other-requests.md)): where all images share two processors, that happens now and then.',
  of: 'images',
  sizes: [1, 10, 100, 400],
  cost: 'each',
  timeOf: 10,
  prepare: async (place, size) => [await release(place, size)],
};
