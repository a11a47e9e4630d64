import { cleanText } from '@ameide/publisher-kit';
import { attestProvenance, sourceCommitOf } from '@ameide/publisher-kit/sigstore';
import { ok, type Result, type Step } from '@ameide/versioning-core';
import type { PypiFile } from '../build.ts';
import type { PypiPlan } from '../plan.ts';
import type { PypiSettings } from '../settings.ts';
import { attestationIn } from './pep740.ts';
import { signerOf } from './signer.ts';

/**
 * Returns the files with the field `attestations` of the upload form: a list of one SLSA provenance about the file's name
 * and SHA-256. PyPI takes one attestation of each kind. We do not send its own kind,
 * `https://docs.pypi.org/attestations/publish/v1`, which says no more than the certificate does.
 */
export async function attestFiles(
  plan: PypiPlan,
  settings: PypiSettings,
  files: readonly PypiFile[],
  step: Step,
): Promise<Result<readonly PypiFile[]>> {
  const signer = signerOf(settings, plan);
  const from = sourceCommitOf(plan);
  const attested: PypiFile[] = [];
  for (const file of files) {
    const { name, sha256 } = file;
    step.emit({
      publisher: plan.publisher,
      message: `signing an attestation of ${cleanText(name)}`,
    });
    const about = { digest: `sha256:${sha256}`, name, from };
    const bundle = await attestProvenance(signer, about, settings.env, step.signal);
    if (bundle.value === undefined) return bundle;
    const field = JSON.stringify([attestationIn(bundle.value)]);
    attested.push({ ...file, fields: [...file.fields, ['attestations', field]] });
  }
  return ok(attested);
}
