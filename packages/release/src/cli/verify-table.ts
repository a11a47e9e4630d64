import { PROOF_NAMES, type ProofKind } from '@ameide/versioning-core';
import colors from 'picocolors';
import type { VerifiedArtifact, VerifyReport } from '../verify/verify-report.ts';
import { problemLines } from './problem-lines.ts';
import { nameAndVersion, registryIfSeveral, short, table } from './table.ts';

/** `verify` for people. */
export function verifyTable(report: VerifyReport): string {
  const kinds = kindsIn(report);
  const workflow = sharedWorkflow(report);
  const rows = report.artifacts.map((artifact) => [
    ...nameAndVersion(artifact),
    cell(artifact.commit),
    ...kinds.map((kind) => cell(stateOf(artifact, kind))),
    short(signersOf(artifact).replaceAll(workflow === undefined ? '' : `${workflow}@`, '')),
    registryIfSeveral(artifact),
  ]);
  const names = kinds.map((kind) => PROOF_NAMES[kind].toUpperCase());
  const columns = ['ARTIFACT', 'VERSION', 'COMMIT', ...names, 'BY', 'AT'];
  return [
    colors.bold(report.sha ?? 'an unknown commit'),
    ...(rows.length === 0
      ? [noArtifacts(report)]
      : ['', table(columns, rows), ...signedBy(workflow)]),
    ...report.notes.map((note) => colors.dim(`note: ${note}`)),
    ...problemLines(report.problems, { artifacts: report.artifacts, readsOnly: true }),
    '',
    verdict(report),
  ].join('\n');
}

/** An SBOM has a column only if there may be one: few releases ask for it. */
function kindsIn({ artifacts }: VerifyReport): readonly ProofKind[] {
  const hasSbom = artifacts.some(({ proofs }) => proofs.some(({ kind }) => kind === 'sbom'));
  return ['signature', 'provenance', ...(hasSbom ? (['sbom'] as const) : [])];
}

function stateOf({ proofs }: VerifiedArtifact, kind: ProofKind): string {
  return proofs.find((one) => one.kind === kind)?.state ?? '–';
}

const RUN = /^(?<workflow>.+?)@refs\/.+$/;

/**
 * Returns the workflow whose runs made the proofs, if there is only one: then its long address is shown once, and the rows
 * have only the refs of the runs. A key has no workflow.
 */
function sharedWorkflow({ artifacts }: VerifyReport): string | undefined {
  const signers = artifacts.flatMap(({ proofs }) => proofs.flatMap(({ signer }) => signer ?? []));
  const workflows = new Set(
    signers.flatMap((signer) => RUN.exec(signer)?.groups?.['workflow'] ?? []),
  );
  return workflows.size === 1 ? [...workflows][0] : undefined;
}

function signedBy(workflow: string | undefined): readonly string[] {
  return workflow === undefined
    ? []
    : ['', `BY shows the refs for which this workflow ran: ${workflow}`];
}

function signersOf({ proofs }: VerifiedArtifact): string {
  return [...new Set(proofs.flatMap(({ signer }) => signer ?? []))].join(', ');
}

function cell(state: string): string {
  if (state === 'proven') return colors.green(state);
  return state === 'wrong' || state === 'missing' ? colors.red(state) : state;
}

function noArtifacts({ sha }: VerifyReport): string {
  return sha === undefined
    ? 'The registry did not say which commit the artifact was built from.'
    : 'No artifact of this release can be named at this commit.';
}

function verdict({ artifacts, exitCode, status }: VerifyReport): string {
  const proven = artifacts.filter(({ commit }) => commit === 'proven').length;
  const counted = `${proven} of ${artifacts.length} artifacts are proven to be built from this commit.`;
  if (status === 'converged')
    return colors.green(`${counted} Everything that the definition asks for holds.`);
  return `${counted} ${colors.red(`Exit ${exitCode} (${status}).`)}`;
}
