import type { ComponentName } from '@ameide/local-registries/components';

/** A public repository's layout, recreated small, and what its users do with what it publishes. */
export interface Layout {
  /** Its folder in `fixtures`, and its definition in `definitions`. */
  readonly name: string;
  /** The repository that has this layout. */
  readonly after: string;
  readonly needs: readonly ComponentName[];
  /** The version of the release, `3.5.0`; where the repository's files have one, theirs. */
  readonly version: string;
  /** Tags of the first commit, where the repository was released before. */
  readonly earlierTags?: readonly string[];
  /** What the release's commit changes, where its maintainers write the version into files. */
  readonly releaseEdits?: readonly Edit[];
  readonly uses: readonly Use[];
}

export interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** What a user installs, and the code that then prints `prints`. */
export type Use = NpmUse | PythonUse | GoUse | ImageUse;

export interface NpmUse {
  readonly client: 'npm';
  readonly name: string;
  readonly code: string;
  readonly prints: string;
}

export interface PythonUse {
  readonly client: 'pip' | 'uv';
  readonly name: string;
  readonly code: string;
  /** VERSION stands for the version that is installed. */
  readonly prints: string;
}

export interface GoUse {
  readonly client: 'go';
  readonly name: string;
  /** The expression that is printed, with the package imported as `it`. */
  readonly code: string;
  readonly prints: string;
}

export interface ImageUse {
  readonly client: 'crane';
  readonly name: string;
  /** VERSION stands for the commit that the image's annotation names. */
  readonly prints: string;
}

export const LAYOUTS: readonly Layout[] = [
  {
    name: 'pnpm-lockstep',
    after: 'vuejs/core',
    needs: ['pnpm', 'npm'],
    version: '3.5.0',
    uses: [
      {
        client: 'npm',
        name: 'acme-vue',
        code: "import { app } from 'acme-vue'; console.log(app());",
        prints: 'app reactive shared',
      },
    ],
  },
  {
    name: 'yarn-lerna',
    after: 'jestjs/jest',
    needs: ['npm'],
    version: '30.1.0',
    uses: [
      {
        client: 'npm',
        name: '@acme/jest-cli',
        code: "import { run } from '@acme/jest-cli'; console.log(run());",
        prints: 'run util',
      },
    ],
  },
  {
    name: 'python-libs',
    after: 'langchain-ai/langchain',
    needs: ['uv', 'pip'],
    version: '1.2.0',
    uses: [
      {
        client: 'pip',
        name: 'acme-chain',
        code: 'from acme_chain import chain; print(chain())',
        prints: 'chain link',
      },
    ],
  },
  {
    name: 'uv-dynamic',
    after: 'pydantic/pydantic-ai',
    needs: ['uv'],
    version: '1.2.3',
    earlierTags: ['v1.2.2'],
    uses: [
      {
        client: 'uv',
        name: 'acme-ai[evals]',
        code: 'from acme_ai import agent; print(agent())',
        prints: 'agent VERSION',
      },
    ],
  },
  {
    name: 'go-in-place',
    after: 'open-telemetry/opentelemetry-go',
    needs: ['go'],
    version: '1.38.0',
    earlierTags: ['v1.37.0', 'sdk/v1.37.0'],
    releaseEdits: [{ file: 'sdk/go.mod', from: 'v1.37.0', to: 'v1.38.0' }],
    uses: [
      { client: 'go', name: 'go.acme.dev/otel/sdk', code: 'it.Name()', prints: 'sdk of otel' },
    ],
  },
  {
    name: 'go-staging',
    after: 'kubernetes/kubernetes',
    needs: ['go'],
    version: '0.35.0',
    earlierTags: ['v0.34.0'],
    uses: [{ client: 'go', name: 'k8s.acme.dev/client', code: 'it.Get()', prints: 'pod' }],
  },
  {
    name: 'three-sdks',
    after: 'dagger/dagger',
    needs: ['npm', 'uv', 'pip', 'go', 'docker-build', 'crane'],
    version: '0.19.0',
    earlierTags: ['v0.18.9'],
    uses: [
      {
        client: 'npm',
        name: '@acme/engine',
        code: "import { connect } from '@acme/engine'; console.log(connect());",
        prints: 'connected',
      },
      {
        client: 'pip',
        name: 'engine-io',
        code: 'from engine import connect; print(connect())',
        prints: 'connected VERSION',
      },
      { client: 'go', name: 'acme.dev/engine', code: 'it.Connect()', prints: 'connected' },
      { client: 'crane', name: 'acme/engine', prints: 'VERSION' },
    ],
  },
];
