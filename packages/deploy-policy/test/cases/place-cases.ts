import { type CasePlace, codesOf, type DeployCase, TS } from './case.ts';

const PLACES: readonly CasePlace[] = [
  'second container',
  'init container',
  'ephemeral container',
  'image volume',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
  'PodTemplate',
];

/** Everywhere the same: the verdicts do not depend on the place. */
const VERDICTS: readonly (readonly [environment: string, image: string, verdict: string])[] = [
  ['production', `${TS}:0.1.0`, '.'],
  ['production', `${TS}:dev`, 'T'],
  ['development', `${TS}:dev`, '.'],
  ['development', TS, 'M'],
  ['pinned', `${TS}:0.1.0`, 'D'],
  ['audited', `${TS}:0.1.0`, 'A'],
  ['production', 'nginx:latest', '.'],
];

export const PLACE_CASES: readonly DeployCase[] = PLACES.flatMap((place) =>
  VERDICTS.map(([environment, image, verdict]) => ({
    environment,
    place,
    image,
    codes: codesOf(verdict),
  })),
);
