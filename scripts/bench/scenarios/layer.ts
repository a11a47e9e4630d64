import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { ociRepository } from '@ameide/local-registries';
import { ociAccess, releaseAccess } from '../credentials.ts';
import { randomBytes } from '../random.ts';
import { createRepository } from '../repository.ts';
import type { Ours, Peer, Place, Scenario } from '../scenario.ts';

type Content = 'text' | 'random bytes';
const MIB = 2 ** 20;
const SIZE_MIB = 200;

/** Makes one MiB of the file. Its number is in it, so no two are equal; gzip looks back no more than 32 KiB. */
function block(content: Content, number: number, seed: number): Buffer {
  if (content === 'random bytes') return randomBytes(MIB, seed * 1000 + number);
  const line = (at: number): string =>
    `${seed} ${number} ${at} the quick brown fox jumps over it\n`;
  return Buffer.from(Array.from({ length: 30_000 }, (_, at) => line(at)).join('')).subarray(0, MIB);
}

async function writeLarge(path: string, content: Content, seed: number): Promise<void> {
  const file = await open(path, 'w');
  for (let number = 0; number < SIZE_MIB; number += 1)
    await file.write(block(content, number, seed));
  await file.close();
}

/** Prepares an image whose build makes a large file, as a compiler would: git does not have it. */
async function prepare(place: Place, content: Content) {
  const repository = await createRepository(join(place.folder, 'repository'), place.run);
  const source = join(place.folder, 'large');
  const build = ['cp', source, 'large'];
  const publisher = {
    ghcr: {
      image: '${OCI_PREFIX}/large',
      files: 'image',
      platform: 'linux/amd64',
      build,
      user: '${OCI_USER}',
      token: '${OCI_TOKEN}',
    },
  };
  const definition = {
    versionFile: 'VERSION',
    repository: 'https://github.com/example/bench',
    publishers: [publisher],
  };
  await repository.write({
    'release.config.json': JSON.stringify(definition),
    '.gitignore': 'large\n',
  });
  const { oci } = place.registries;
  return {
    build,
    repository,
    call: {
      cwd: repository.directory,
      env: { ...releaseAccess(place), ...(await ociAccess(place)) },
    },
    before: async (round: number): Promise<void> => {
      await writeLarge(source, content, round + 1);
      await repository.write({ VERSION: `0.1.${round}\n`, 'image/VERSION': `0.1.${round}\n` });
      await repository.commit(`Version 0.1.${round}`, `v0.1.${round}`);
    },
    check: async (round: number): Promise<void> => {
      const image = ociRepository({ ...oci, url: `http://${oci.host}` }, 'bench/large');
      const { status } = await image.fetch(`manifests/0.1.${round}`);
      if (status !== 200) throw new Error(`0.1.${round} is missing: ${status}`);
    },
  };
}

const ours = (content: Content): Ours => ({
  async prepare(place) {
    const { before, call, check } = await prepare(place, content);
    return {
      before,
      check,
      run: async (meter) => void (await meter.run([place.command, 'publish', '--quiet'], call)),
    };
  },
});

const crane = (content: Content): Peer => ({
  name: 'cp, tar, crane append',
  needs: ['crane'],
  goals: { 0: 1.1 },
  async prepare(place) {
    const { before, build, call, check, repository } = await prepare(place, content);
    const files = join(repository.directory, 'image');
    const layer = join(place.folder, 'layer.tar');
    const name = `${place.registries.oci.host}/bench/large`;
    return {
      before,
      check,
      async run(meter, round) {
        await meter.run(build, { cwd: files });
        await meter.run(['tar', '--create', '--file', layer, '.'], { cwd: files });
        const append = ['crane', 'append', '--insecure', '--oci-empty-base', '--new_layer', layer];
        await meter.run([...append, '--new_tag', `${name}:0.1.${round}`], call);
      },
    };
  },
});

const scenario = (name: string, content: Content): Scenario => ({
  name,
  work: `an image with a file of 200 MiB of ${content}`,
  note: 'On both sides the build copies the file into the folder. Ours also pushes its moving tags.',
  watches: true,
  obstacle:
    'the two seconds of watching ([decision 48](decisions/0048-two-runs-at-once.md)), then packing: a compressor in WebAssembly that gives the same bytes on every machine ([decision 69](decisions/0069-large-layers-and-checkouts.md)), where crane uses that of Go; for bytes that do not shrink, the digests and the search for secrets. Of the memory, Node’s own program takes 55 MiB, V8’s heap 33, the HTTP parser of fetch 10 ([decision 74](decisions/0074-one-buffer-for-a-file.md)).',
  delays: [0],
  ours: ours(content),
  peers: [crane(content)],
  peakGoalMiB: 120,
});

export const layerScenarios: readonly Scenario[] = [
  scenario('layer-text', 'text'),
  scenario('layer-random', 'random bytes'),
];
