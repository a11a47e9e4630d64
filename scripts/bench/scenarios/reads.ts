import { ociAccess } from '../credentials.ts';
import type { Ours, Peer, Place, Scenario } from '../scenario.ts';
import { createExample, IMAGE_FOLDERS, MIRROR, type Version } from './example.ts';
import { exampleAccess } from './release.ts';

interface Published {
  readonly version: Version;
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Publishes a release of the example with our own command. */
async function published(place: Place): Promise<Published> {
  const example = await createExample(place);
  const env = exampleAccess(place);
  const version = await example.next(0);
  const { directory } = example;
  await place.run([place.command, 'publish', '--quiet'], { cwd: directory, env });
  return { version, directory, env };
}

const ours = (argv: (version: Version) => readonly string[]): Ours => ({
  needs: ['pnpm', 'uv', 'git'],
  async prepare(place) {
    const { directory, env, version } = await published(place);
    return {
      run: async (meter) =>
        void (await meter.run([place.command, ...argv(version)], { cwd: directory, env })),
    };
  },
});

/** What a person would run to find out the same: one program for each artifact, one after the other. */
const tools: Peer = {
  name: 'npm view, pip index, git ls-remote, skopeo inspect',
  needs: ['pnpm', 'uv', 'git', 'npm', 'pip', 'skopeo'],
  goals: { 150: 0.1 },
  async prepare(place) {
    const { version } = await published(place);
    const { git, npm, oci, python } = place.registries;
    const env = await ociAccess(place);
    const call = { cwd: place.folder, env };
    return {
      async run(meter) {
        for (const name of ['@ameideio/ameide-sdk-ts', '@ameideio/configuration']) {
          const view = ['npm', 'view', '--json', `--registry=${npm.url}`];
          const found = await meter.run([...view, `${name}@${version.version}`, 'gitHead'], call);
          if (!found.includes(version.sha)) throw new Error(`npm view printed ${found}`);
        }
        const index = ['pip', 'index', 'versions', '--index-url', python.simpleUrl];
        await meter.run([...index, 'ameide-sdk-python'], call);
        await meter.run(['git', 'ls-remote', `${git.url}/${MIRROR}.git`], call);
        for (const image of Object.keys(IMAGE_FOLDERS)) {
          const name = `docker://${oci.host}/bench/${image}:${version.sha}`;
          const platform = ['--override-os', 'linux', '--override-arch', 'amd64'];
          await meter.run(
            ['skopeo', ...platform, 'inspect', '--no-tags', '--tls-verify=false', name],
            call,
          );
        }
      },
    };
  },
};

const ROUND_TRIPS =
  'the start of Node with eight publishers, and the round trips that wait for one another. For an image they are three: the challenge, the token, the tags.';
const THREE = 'These three alone take about as long as the goal allows.';

const scenario = (
  name: string,
  work: string,
  argv: (version: Version) => readonly string[],
  more: string,
): Scenario => ({
  name,
  work,
  delays: [0, 150],
  obstacle: `${ROUND_TRIPS} ${more}`,
  ours: ours(argv),
  peers: [tools],
});

export const readScenarios: readonly Scenario[] = [
  scenario(
    'again',
    'publish when everything is there already',
    () => ['publish', '--quiet'],
    '`publish` takes three more: the versions of the moving tags, and all names once more before it says that none moves.',
  ),
  scenario('plan', 'plan of a published release', () => ['plan', '--quiet'], THREE),
  scenario('trace', 'trace of a commit', ({ sha }) => ['trace', '--quiet', sha], THREE),
];
