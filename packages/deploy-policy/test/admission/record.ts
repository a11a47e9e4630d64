import { createHash } from 'node:crypto';
import { type AdmissionEngine, renderAdmission } from '../../src/index.ts';
import { type DeployCase, POLICY } from '../cases/case.ts';
import { type Manifest, manifestOf } from '../cases/manifest.ts';
import { CASES, titleOf } from '../cases/table.ts';

/** Those that judge the cases: signatures are another matter. */
export const ENGINES = ['kubernetes', 'kyverno', 'kyverno-cluster-policy'] as const;

export type CaseEngine = Extract<AdmissionEngine, (typeof ENGINES)[number]>;

/** What an engine said of every case, and of which policy. */
export interface VerdictRecord {
  /** Its version. */
  readonly version: string;
  /** SHA-256 of the policy's text. */
  readonly policy: string;
  /** SHA-256 of the objects that it was asked about. */
  readonly objects: string;
  /** By the title of the case: `admitted`, the codes of the rules in the message, or `refused` without one. */
  readonly verdicts: Readonly<Record<string, string>>;
}

/** An object with the case that it is made of. */
export interface CaseObject {
  readonly one: DeployCase;
  readonly title: string;
  readonly object: Manifest;
}

export const CASE_OBJECTS: readonly CaseObject[] = CASES.map((one, index) => ({
  one,
  title: titleOf(one),
  object: manifestOf(one, `case-${index}`),
}));

function policyText(engine: CaseEngine): string {
  return renderAdmission(POLICY, { engine });
}

/** What a record must be of, to be of today's policy and table. */
export function subjectOf(engine: CaseEngine): Pick<VerdictRecord, 'policy' | 'objects'> {
  const objects = CASE_OBJECTS.map(({ object }) => object);
  return { policy: sha256(policyText(engine)), objects: sha256(JSON.stringify(objects)) };
}

export function recordText(
  engine: CaseEngine,
  { verdicts, version }: Pick<VerdictRecord, 'verdicts' | 'version'>,
): string {
  return `${JSON.stringify({ version, ...subjectOf(engine), verdicts }, undefined, 2)}\n`;
}

/** The verdict in a message of an engine. */
export function refusalIn(message: string): string {
  const codes = Array.from(message.matchAll(/\[(deploy-[a-z0-9-]+)\]/g), ([, code]) => code);
  return codes.length === 0 ? 'refused' : codes.join(', ');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
