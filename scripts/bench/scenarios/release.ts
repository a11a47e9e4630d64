import { join } from 'node:path';
import { releaseAccess } from '../credentials.ts';
import type { Meter } from '../meter.ts';
import type { Ours, Peer, Place, Scenario } from '../scenario.ts';
import {
  checkExample,
  createExample,
  IMAGE_FOLDERS,
  type ImageName,
  MIRROR,
  type Version,
} from './example.ts';
import { craneTool, createTools, dockerTool, type ImageTool, type Tools } from './example-tools.ts';

const IMAGES = Object.keys(IMAGE_FOLDERS) as ImageName[];

/** The variables that the example's definition reads. */
export function exampleAccess(place: Place): Readonly<Record<string, string>> {
  return releaseAccess(place, MIRROR);
}

/** Prepares the example, and keeps the release of the current round. */
async function rounds(place: Place) {
  const example = await createExample(place);
  let version: Version | undefined;
  const current = (): Version => {
    if (version === undefined) throw new Error('no round has begun');
    return version;
  };
  return {
    directory: example.directory,
    current,
    before: async (round: number) => void (version = await example.next(round)),
    check: () => checkExample(place, current()),
  };
}

const ours: Ours = {
  needs: ['pnpm', 'uv', 'git'],
  async prepare(place) {
    const { before, check, directory } = await rounds(place);
    const call = { cwd: directory, env: exampleAccess(place) };
    return {
      before,
      check,
      run: async (meter) => void (await meter.run([place.command, 'publish', '--quiet'], call)),
    };
  },
};

/** Runs `build --out` before, and measures only `publish --from`. */
const oursBuilt: Ours = {
  needs: ['pnpm', 'uv', 'git'],
  async prepare(place) {
    const { before, check, directory } = await rounds(place);
    const call = { cwd: directory, env: exampleAccess(place) };
    const out = (round: number): string => join(place.folder, `built-${round}`);
    return {
      check,
      async before(round) {
        await before(round);
        await place.run([place.command, 'build', '--quiet', '--out', out(round)], call);
      },
      run: async (meter, round) =>
        void (await meter.run([place.command, 'publish', '--quiet', '--from', out(round)], call)),
    };
  },
};

type Images = (place: Place, clone: string) => Promise<ImageTool>;
interface Kit {
  readonly tools: Tools;
  readonly images: ImageTool;
  readonly version: Version;
  readonly repository: string;
}

const NEEDS = ['npm', 'pnpm', 'uv', 'twine', 'git', 'subtree split'] as const;

/** A side that uses the ecosystems' own tools. Measures `build` and `publish`, or only `publish`. */
function toolsSide(
  name: string,
  images: { readonly needs: 'docker' | 'crane'; readonly tool: Images },
  goals: Readonly<Record<number, number>>,
  steps: {
    build(meter: Meter, kit: Kit): Promise<void>;
    publish(meter: Meter, kit: Kit): Promise<void>;
  },
  measured: 'all' | 'publish' = 'all',
): Peer {
  return {
    name,
    needs: [...NEEDS, images.needs],
    goals,
    async prepare(place) {
      const { before, check, current, directory } = await rounds(place);
      const tools = await createTools(place);
      const tool = await images.tool(place, tools.clone);
      const kit = (): Kit => ({ tools, images: tool, version: current(), repository: directory });
      return {
        check,
        async before(round) {
          await tool.clean?.(place.run);
          await before(round);
          if (measured === 'publish') await steps.build({ run: place.run }, kit());
        },
        async run(meter) {
          if (measured === 'all') await steps.build(meter, kit());
          await steps.publish(meter, kit());
        },
      };
    },
  };
}

/** One tool after the other, like the steps of a workflow. */
const inSequence = {
  async build(meter: Meter, { images, repository, tools, version }: Kit) {
    await tools.checkout(meter, repository, version);
    await tools.buildPython(meter, version);
    for (const image of IMAGES) await images.build(meter, version, image);
  },
  async publish(meter: Meter, { images, tools, version }: Kit) {
    await tools.npm(meter, version, 'npm');
    await tools.upload(meter);
    await tools.go(meter, version);
    for (const image of IMAGES) await images.push(meter, version, image);
  },
};

/** All tools at the same time, with pnpm instead of npm. */
const inParallel = {
  async build(meter: Meter, { images, repository, tools, version }: Kit) {
    await tools.checkout(meter, repository, version);
    await Promise.all([
      tools.buildPython(meter, version),
      ...IMAGES.map((image) => images.build(meter, version, image)),
    ]);
  },
  async publish(meter: Meter, { images, tools, version }: Kit) {
    await Promise.all([
      tools.npm(meter, version, 'pnpm'),
      tools.upload(meter),
      tools.go(meter, version),
      ...IMAGES.map((image) => images.push(meter, version, image)),
    ]);
  },
};

/** The least that a release can take: its builds, then three requests one after the other, for a blob, a manifest and a tag. */
const criticalPath: Peer = {
  name: 'the critical path: clone, install, build, three serial requests',
  needs: ['pnpm', 'uv', 'git'],
  goals: { 150: 1.5 },
  async prepare(place) {
    const { before, current, directory } = await rounds(place);
    const tools = await createTools(place);
    const url = `http://${place.registries.oci.host}/v2/`;
    const ask = `for (let n = 0; n < 3; n += 1) await (await fetch(${JSON.stringify(url)})).text();`;
    return {
      before,
      async run(meter) {
        await tools.checkout(meter, directory, current());
        await tools.buildPython(meter, current());
        await meter.run(['node', '--input-type=module', '--eval', ask], { cwd: place.folder });
      },
    };
  },
};

const DOCKER = { needs: 'docker', tool: dockerTool } as const;
const CRANE = { needs: 'crane', tool: craneTool } as const;

const CHECKS =
  'what the tools do not do, and what cannot go at once. Everything is looked for before anything is sent, compared with the last release, read back, and watched for two seconds after it moved ([decision 48](decisions/0048-two-runs-at-once.md)); a package that is visible as soon as it is uploaded (PyPI, Go) waits until all others are there. [Decision 71](decisions/0071-fewer-requests-for-an-image.md) counts what the checks of images cost; here, moving tags that exist, builds of more than a second and the release record add some. The READMEs count for the others: 13 for each npm package, 10 for the mirror.';

export const releaseScenarios: readonly Scenario[] = [
  {
    name: 'release',
    work: 'a full release of the example, with its builds',
    note: 'Two npm packages, a wheel and an sdist, a mirrored Go module, four images of four tags each; from a tag in a repository on disk until everything is published, with the builds on both sides. No side signs, and the images are for one platform.',
    delays: [0, 150],
    watches: true,
    obstacle: CHECKS,
    ours,
    peers: [
      toolsSide(
        'npm, uv + twine, git, docker in sequence',
        DOCKER,
        { 0: 0.5, 150: 0.25 },
        inSequence,
      ),
      toolsSide('the same with crane', CRANE, { 0: 0.7 }, inSequence),
      toolsSide('pnpm, uv + twine, git, docker in parallel', DOCKER, {}, inParallel),
      criticalPath,
    ],
    requestGoals: { oci: 70, npm: 14, git: 7, python: 5 },
  },
  {
    name: 'release-built',
    work: 'the same release, without its builds',
    note: 'The builds run before the clock starts. Ours is `publish --from`.',
    delays: [0, 150],
    watches: true,
    obstacle: CHECKS,
    ours: oursBuilt,
    peers: [
      toolsSide(
        'npm, twine, git, docker in sequence',
        DOCKER,
        { 150: 0.06 },
        inSequence,
        'publish',
      ),
      toolsSide(
        'pnpm, twine, git, docker in parallel',
        DOCKER,
        { 150: 0.25 },
        inParallel,
        'publish',
      ),
    ],
  },
];
