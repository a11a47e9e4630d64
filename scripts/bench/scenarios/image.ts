import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ociRepository } from '@ameide/local-registries';
import { ociAccess, releaseAccess } from '../credentials.ts';
import type { Meter } from '../meter.ts';
import type { PeerName } from '../peers.ts';
import { randomText } from '../random.ts';
import { createRepository } from '../repository.ts';
import type { Ours, Peer, Place, Scenario } from '../scenario.ts';

/** A repository with one image, which each round releases. */
interface Image {
  readonly directory: string;
  /** The folder that is packed. */
  readonly files: string;
  /** The image's name, without a tag. */
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** Commits new content for a round. */
  commit(round: number): Promise<void>;
  tag(round: number): Promise<void>;
  /** Throws unless every tag of the round names the same image. */
  check(tags: readonly string[]): Promise<void>;
}

/** The four tags of a release besides that of its commit, as the option `movingTags` below asks for. */
const tagsOf = (round: number): readonly string[] => [`0.1.${round}`, '0.1', '0', 'latest'];

async function createImage(place: Place): Promise<Image> {
  const repository = await createRepository(join(place.folder, 'repository'), place.run);
  const { oci } = place.registries;
  const publisher = {
    ghcr: {
      image: '${OCI_PREFIX}/image',
      files: 'image',
      platform: 'linux/amd64',
      user: '${OCI_USER}',
      token: '${OCI_TOKEN}',
      movingTags: { release: ['latest', 'X.Y', 'X'] },
    },
  };
  const definition = {
    versionFile: 'VERSION',
    repository: 'https://github.com/example/bench',
    publishers: [publisher],
  };
  await repository.write({ 'release.config.json': JSON.stringify(definition) });
  return {
    directory: repository.directory,
    files: join(repository.directory, 'image'),
    name: `${oci.host}/bench/image`,
    env: { ...releaseAccess(place), ...(await ociAccess(place)) },
    async commit(round) {
      const files = {
        VERSION: `0.1.${round}\n`,
        'image/data.txt': randomText(1_000_000, round + 1),
      };
      await repository.write(files);
      await repository.commit(`Version 0.1.${round}`);
    },
    tag: async (round) => void (await repository.git('tag', `v0.1.${round}`)),
    async check(tags) {
      const there = await ociRepository(
        { ...oci, url: `http://${oci.host}` },
        'bench/image',
      ).tags();
      const digests = new Set(tags.map((tag) => there[tag]));
      if (digests.size !== 1 || digests.has(undefined))
        throw new Error(`the tags do not name one image: ${JSON.stringify(there)}`);
    },
  };
}

interface Steps {
  /** Packs and pushes an image with these tags. */
  push(meter: Meter, image: Image, tags: readonly string[]): Promise<void>;
  /** Gives more tags to an image that the registry has. */
  retag(meter: Meter, image: Image, from: string, tags: readonly string[]): Promise<void>;
  /** The part of the work that is not measured. */
  before?(place: Place, image: Image): Promise<void>;
}

const docker: Steps = {
  before: async (place, { env, directory }) =>
    void (await place.run(['docker', 'system', 'prune', '--all', '--force'], {
      cwd: directory,
      env,
    })),
  async push(meter, { env, files, name }, tags) {
    await writeFile(join(files, 'Dockerfile'), 'FROM scratch\nCOPY data.txt /\n');
    const named = tags.flatMap((tag) => ['--tag', `${name}:${tag}`]);
    await meter.run(['docker', 'build', '--quiet', ...named, '.'], { cwd: files, env });
    await meter.run(['docker', 'push', '--quiet', '--all-tags', name], { cwd: files, env });
  },
  async retag(meter, { directory, env, name }, from, tags) {
    for (const tag of tags) {
      await meter.run(['docker', 'tag', `${name}:${from}`, `${name}:${tag}`], {
        cwd: directory,
        env,
      });
      await meter.run(['docker', 'push', '--quiet', `${name}:${tag}`], { cwd: directory, env });
    }
  },
};

const crane: Steps = {
  async push(meter, image, tags) {
    const { directory, env, files, name } = image;
    const [first = '', ...others] = tags;
    const layer = join(directory, 'layer.tar');
    await meter.run(['tar', '--create', '--file', layer, '.'], { cwd: files });
    const append = ['crane', 'append', '--insecure', '--oci-empty-base', '--new_layer', layer];
    await meter.run([...append, '--new_tag', `${name}:${first}`], { cwd: directory, env });
    await crane.retag(meter, image, first, others);
  },
  async retag(meter, { directory, env, name }, from, tags) {
    for (const tag of tags)
      await meter.run(['crane', 'tag', '--insecure', `${name}:${from}`, tag], {
        cwd: directory,
        env,
      });
  },
};

/** skopeo packs no files: it copies an image that docker has saved before. */
const skopeo: Steps = {
  async before(place, { directory, env, files }) {
    await docker.before?.(place, { directory, env } as Image);
    await writeFile(join(files, 'Dockerfile'), 'FROM scratch\nCOPY data.txt /\n');
    await place.run(['docker', 'build', '--quiet', '--tag', 'bench', '.'], { cwd: files, env });
    const archive = join(directory, 'archive');
    await rm(archive, { recursive: true, force: true });
    await mkdir(archive);
    const save = ['docker', 'save', '--output', join(archive, 'image.tar'), 'bench'];
    await place.run(save, { cwd: directory, env });
  },
  async push(meter, { directory, env, name }, tags) {
    const from = `docker-archive:${join(directory, 'archive/image.tar')}`;
    for (const tag of tags)
      await meter.run(
        ['skopeo', 'copy', '--quiet', '--dest-tls-verify=false', from, `docker://${name}:${tag}`],
        { cwd: directory, env },
      );
  },
  async retag(meter, { directory, env, name }, from, tags) {
    const insecure = ['--src-tls-verify=false', '--dest-tls-verify=false'];
    for (const tag of tags)
      await meter.run(
        [
          'skopeo',
          'copy',
          '--quiet',
          ...insecure,
          `docker://${name}:${from}`,
          `docker://${name}:${tag}`,
        ],
        { cwd: directory, env },
      );
  },
};

/** What a side runs in each round. `from` is the tag that the image has before the release. */
type Work = (meter: Meter, image: Image, from: string, tags: readonly string[]) => Promise<void>;

const side =
  (steps: Steps, work: Work, isThere: boolean): Peer['prepare'] =>
  async (place) => {
    const image = await createImage(place);
    const from = (round: number): string => `commit-${round}`;
    return {
      async before(round) {
        await image.commit(round);
        await steps.before?.(place, image);
        if (isThere) await steps.push({ run: place.run }, image, [from(round)]);
      },
      run: (meter, round) => work(meter, image, from(round), tagsOf(round)),
      check: (round) => image.check(tagsOf(round)),
    };
  };

const fourTags = (steps: Steps): Peer['prepare'] =>
  side(steps, (meter, image, _, tags) => steps.push(meter, image, tags), false);

const moreTags = (steps: Steps): Peer['prepare'] =>
  side(steps, (meter, image, from, tags) => steps.retag(meter, image, from, tags), true);

const ours = (isThere: boolean): Ours => ({
  needs: ['git'],
  async prepare(place) {
    const image = await createImage(place);
    const call = { cwd: image.directory, env: image.env };
    const publish = [place.command, 'publish', '--quiet'];
    return {
      async before(round) {
        await image.commit(round);
        // A dev build of the commit: its release gives the same image further tags.
        if (isThere) await place.run([...publish, '--ref', 'refs/heads/main'], call);
        await image.tag(round);
      },
      run: async (meter) => void (await meter.run(publish, call)),
      check: (round) => image.check(tagsOf(round)),
    };
  },
});

const peer = (
  name: string,
  needs: readonly PeerName[],
  prepare: Peer['prepare'],
  goal?: number,
): Peer => ({ name, needs, prepare, ...(goal === undefined ? {} : { goals: { 150: goal } }) });

const WATCH =
  'the serial round trips, which alone are above the goals, and two seconds of watching: the tags of a registry move without a comparison, so what has moved is read again for two seconds ([decision 48](decisions/0048-two-runs-at-once.md)). It is the second version of the image, and its layer has 1 MB, so there are some requests more than [the README](../packages/publisher-ghcr/README.md#round-trips) counts for a first small one.';

export const imageScenarios: readonly Scenario[] = [
  {
    name: 'image-4-tags',
    work: 'one image of 1 MB with its tags',
    note: 'Four tags; ours also sets the tag of the commit. docker builds and pushes, crane pushes a tar archive, skopeo copies an image that docker has saved before the clock starts.',
    delays: [0, 150],
    watches: true,
    obstacle: WATCH,
    ours: ours(false),
    peers: [
      peer('docker build, push --all-tags', ['docker'], fourTags(docker), 0.15),
      peer('skopeo copy', ['docker', 'skopeo'], fourTags(skopeo)),
      peer('tar, crane append, crane tag', ['crane'], fourTags(crane)),
    ],
  },
  {
    name: 'tags-4',
    work: '4 more tags on a pushed image',
    note: 'Ours is the release of a commit whose dev build was published before.',
    delays: [0, 150],
    watches: true,
    obstacle: WATCH,
    ours: ours(true),
    peers: [
      peer('docker tag, docker push', ['docker'], moreTags(docker), 0.13),
      peer('skopeo copy', ['docker', 'skopeo'], moreTags(skopeo), 0.08),
      peer('crane tag', ['crane'], moreTags(crane)),
    ],
  },
];
