import { cleanText } from '@ameide/publisher-kit';
import { readMetadata, secretMembers } from '../distribution/archive.ts';
import { type DistributionFileName, parseFileName } from '../distribution/file-name.ts';
import { ArchiveError } from '../distribution/member.ts';
import { type CoreMetadata, metadataValue, sourceCommit } from '../distribution/metadata.ts';
import type { PypiPlan } from '../plan.ts';
import { directReference } from './direct-references.ts';

/** A file in the build's output folder, read. */
export interface OutputFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A distribution that is what the plan says. */
export interface VerifiedFile extends OutputFile {
  readonly kind: DistributionFileName['kind'];
  readonly pythonTag: string;
  readonly metadata: CoreMetadata;
}

/**
 * What is wrong with the build's output, in one sentence; `secret` when a file would publish a
 * credential, `requirement` when one is by address.
 */
export interface Flaw {
  readonly kind: 'output' | 'secret' | 'requirement';
  readonly message: string;
}

/**
 * Exactly one sdist and at least one wheel, named as PEP 625 and the wheel specification say, that
 * name our version and commit. `allow`: paths in a wheel, or below the folder of an sdist, that may
 * look like credentials.
 */
export async function verifyOutput(
  plan: PypiPlan,
  files: readonly OutputFile[],
  allow: readonly string[] = [],
): Promise<{ readonly files: readonly VerifiedFile[] } | { readonly flaw: Flaw }> {
  const verified: VerifiedFile[] = [];
  for (const file of files) {
    const one = await verifyFile(plan, file, allow);
    if ('flaw' in one) return one;
    verified.push(one.file);
  }
  const count = (kind: VerifiedFile['kind']): number =>
    verified.filter((file) => file.kind === kind).length;
  if (count('sdist') !== 1) return output(`The build made ${count('sdist')} sdists instead of one`);
  if (count('wheel') === 0) return output('The build made no wheel');
  return { files: verified };
}

async function verifyFile(
  plan: PypiPlan,
  file: OutputFile,
  allow: readonly string[],
): Promise<{ readonly file: VerifiedFile } | { readonly flaw: Flaw }> {
  const name = cleanText(file.name);
  const parsed = parseFileName(file.name);
  const isNamed =
    parsed?.kind === 'sdist' ? file.name === plan.sdist : file.name.startsWith(plan.wheelPrefix);
  if (parsed === undefined || !isNamed) {
    return output(
      `The build made ${name}, where ${plan.sdist} and ${plan.wheelPrefix}….whl were expected`,
    );
  }
  let metadata: CoreMetadata;
  let secrets: readonly string[];
  try {
    metadata = await readMetadata(parsed.kind, file.bytes);
    const suspects = await secretMembers(parsed.kind, file.bytes);
    const top = parsed.kind === 'sdist' ? /^[^/]+\// : /^/;
    secrets = suspects.filter((path) => !allow.includes(path.replace(top, '')));
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    return output(`The built ${name} cannot be read: ${error.message}`);
  }
  if (secrets.length > 0) {
    const named = cleanText(secrets.join(', '));
    return {
      flaw: {
        kind: 'secret',
        message: `The built ${name} would publish ${named}, which usually has credentials`,
      },
    };
  }
  const reference = directReference(metadata, plan.registry);
  if (reference !== undefined)
    return { flaw: { kind: 'requirement', message: `The built ${name} ${reference}` } };
  const version = metadataValue(metadata, 'version');
  if (version !== plan.version)
    return output(
      `The built ${name} says version ${cleanText(String(version))} inside, not ${plan.version}`,
    );
  const source = sourceCommit(metadata);
  if ('missing' in source)
    return output(`The built ${name} does not name its commit: ${source.missing}`);
  if (source.sha !== plan.sha)
    return output(`The built ${name} names commit ${source.sha}, not ${plan.sha}`);
  return { file: { ...file, kind: parsed.kind, pythonTag: parsed.pythonTag, metadata } };
}

function output(message: string): { readonly flaw: Flaw } {
  return { flaw: { kind: 'output', message } };
}
