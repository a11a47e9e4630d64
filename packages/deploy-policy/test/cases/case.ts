import { createPolicy, type DeployPolicy } from '../../src/index.ts';

/** Where the image of a case stands. */
export type CasePlace =
  | 'container'
  | 'second container'
  | 'init container'
  | 'ephemeral container'
  | 'image volume'
  | 'Deployment'
  | 'Deployment, annotated itself'
  | 'StatefulSet'
  | 'DaemonSet'
  | 'ReplicaSet'
  | 'ReplicationController'
  | 'Job'
  | 'CronJob'
  | 'PodTemplate';

/** One object with one image of interest, and the rules that it breaks: none if it is allowed. */
export interface DeployCase {
  readonly environment: string;
  readonly place: CasePlace;
  readonly image: string;
  /** Of the pod or its template. */
  readonly annotations?: Readonly<Record<string, string>>;
  readonly codes: readonly string[];
  /** True: admission does not judge it, because it is no image of ours, or none at all. */
  readonly checkOnly?: boolean;
}

/** Text that is no object of the API, and the rules that it breaks. */
export interface TextCase {
  readonly title: string;
  readonly environment: string;
  readonly path: string;
  readonly text: string;
  readonly codes: readonly string[];
}

export const TS = 'ghcr.io/ameideio/ameide-sdk-ts';
export const SHA = '71e210beab37b68546d56dceccba18f09264ecc3';
export const OTHER_SHA = '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567';
export const SHA_256 = `${SHA}000000000000000000000000`;
export const DIGEST = 'sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef';

/** The policy of all cases. */
export const POLICY: DeployPolicy = createPolicy({
  images: [
    TS,
    'ghcr.io/ameideio/configuration',
    'registry.example.com:5000/acme/*',
    'docker.io/ameide/tools',
    'docker.io/library/ameide',
  ],
  environments: {
    edge: { tags: ['latest', 'line', 'dev'] },
    pinned: { tags: ['release'], digest: 'required' },
    digests: { tags: [], digest: 'required' },
    audited: { tags: ['release', 'commit'], annotation: 'required' },
  },
  places: [
    {
      kind: 'Widget.example.com',
      images: ['spec.image', 'spec.sidecars[*].image'],
      podTemplates: ['spec.worker'],
    },
    { files: 'values*.yaml', images: ['web.image'] },
  ],
});

/** How the tables write a verdict. */
const CODES: Readonly<Record<string, readonly string[]>> = {
  '.': [],
  T: ['deploy-tag-not-allowed'],
  M: ['deploy-tag-missing'],
  R: ['deploy-not-a-reference'],
  D: ['deploy-digest-required'],
  S: ['deploy-digest-not-sha256'],
  A: ['deploy-annotation-missing'],
  N: ['deploy-annotation-not-a-sha'],
  X: ['deploy-annotation-differs'],
  V: ['deploy-variable'],
  G: ['deploy-template'],
};

export function codesOf(letters: string): readonly string[] {
  return Array.from(letters).flatMap((letter) => {
    const codes = CODES[letter];
    if (codes === undefined) throw new Error(`the table has no verdict ${letter}`);
    return codes;
  });
}
