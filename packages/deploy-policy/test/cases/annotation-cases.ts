import {
  type CasePlace,
  codesOf,
  type DeployCase,
  DIGEST,
  OTHER_SHA,
  SHA,
  SHA_256,
  TS,
} from './case.ts';

const POD = 'ameide.io/image-sha';
const WWW = 'image-sha.ameide.io/www';

type Row = readonly [
  environment: string,
  tag: string,
  annotations: Readonly<Record<string, string>>,
  verdict: string,
  place?: CasePlace,
];

/** The container and the image volume are called `www`. */
const ROWS: readonly Row[] = [
  ['production', '0.1.0', { [POD]: SHA }, '.'],
  ['production', '0.1.0', { [POD]: SHA_256 }, '.'],
  ['production', '0.1.0', { [POD]: 'main' }, 'N'],
  ['production', '0.1.0', { [POD]: '' }, 'N'],
  ['production', '0.1.0', { [POD]: SHA.slice(0, 7) }, 'N'],
  ['production', '0.1.0', { [POD]: SHA.toUpperCase() }, 'N'],
  ['production', '0.1.0', { [POD]: ` ${SHA}` }, 'N'],
  ['production', '0.1.0', { [WWW]: 'main' }, 'N'],
  ['production', '0.1.0', { [POD]: 'main', [WWW]: SHA }, '.'],
  ['production', '0.1.0', { 'image-sha.ameide.io/other': 'main' }, '.'],
  ['production', '0.1.0', { 'example.com/image-sha': 'main' }, '.'],
  ['production', 'dev', { [POD]: 'main' }, 'TN'],
  ['staging', SHA, {}, '.'],
  ['staging', SHA, { [POD]: SHA }, '.'],
  ['staging', SHA, { [POD]: OTHER_SHA }, 'X'],
  ['staging', SHA, { [POD]: SHA_256 }, 'X'],
  ['staging', SHA_256, { [POD]: SHA }, 'X'],
  ['staging', `${SHA}@${DIGEST}`, { [POD]: SHA }, '.'],
  ['staging', `${SHA}@${DIGEST}`, { [POD]: OTHER_SHA }, 'X'],
  ['staging', SHA, { [POD]: OTHER_SHA, [WWW]: SHA }, '.'],
  ['staging', SHA, { [POD]: SHA, [WWW]: OTHER_SHA }, 'X'],
  ['staging', '0.1.0', { [POD]: OTHER_SHA }, '.'],
  ['production', SHA, { [POD]: OTHER_SHA }, 'TX'],
  ['audited', '0.1.0', {}, 'A'],
  ['audited', '0.1.0', { [POD]: SHA }, '.'],
  ['audited', '0.1.0', { [WWW]: SHA }, '.'],
  ['audited', '0.1.0', { 'image-sha.ameide.io/other': SHA }, 'A'],
  ['audited', '0.1.0', { [POD]: 'main' }, 'N'],
  ['audited', SHA, {}, 'A'],
  ['audited', SHA, { [POD]: SHA }, '.'],
  ['audited', SHA, { [POD]: OTHER_SHA }, 'X'],
  ['audited', 'dev', {}, 'TA'],
  ['audited', '0.1.0', { [POD]: SHA }, '.', 'Deployment'],
  ['audited', '0.1.0', { [POD]: SHA }, 'A', 'Deployment, annotated itself'],
  ['audited', '0.1.0', { [POD]: SHA }, '.', 'CronJob'],
  ['audited', '0.1.0', { [POD]: SHA }, '.', 'PodTemplate'],
  ['audited', '0.1.0', { [WWW]: SHA }, '.', 'image volume'],
  ['audited', '0.1.0', { [WWW]: 'main' }, 'N', 'image volume'],
  ['staging', SHA, { [WWW]: OTHER_SHA }, 'X', 'init container'],
  ['staging', SHA, { [POD]: OTHER_SHA }, 'X', 'ephemeral container'],
  ['staging', SHA, { [POD]: OTHER_SHA }, 'X', 'Job'],
];

export const ANNOTATION_CASES: readonly DeployCase[] = ROWS.map(
  ([environment, tag, annotations, verdict, place = 'container']) => ({
    environment,
    place,
    image: `${TS}:${tag}`,
    annotations,
    codes: codesOf(verdict),
  }),
);
