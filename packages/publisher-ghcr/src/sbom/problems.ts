import { shownPath } from '@ameide/publisher-kit';
import { failed, problem, type Result } from '@ameide/versioning-core';

interface About {
  readonly publisher: string;
  /** In the checkout, or of the stored copy. */
  readonly path: string;
}

type Failure = Extract<Result<never>, { readonly problems: unknown }>;

/** The problem of an SBOM that is not there after the build, or cannot be read. */
export function missingSbom({ path, publisher }: About, reason: string): Failure {
  return failed(
    problem({
      code: 'ghcr-sbom-missing',
      kind: 'incomplete',
      message: `Could not read the SBOM ${shownPath(path)} of ${publisher} after its build: ${reason}.`,
      hint: 'Correct the option sbom, or let prepare or build make that file. An SBOM has at most 16 MiB: leave out files and development dependencies.',
      path,
      rerun: 'after-fix',
    }),
  );
}

/** The problem of a file that is no SBOM. */
export function invalidSbom({ path, publisher }: About, reason: string): Failure {
  return failed(
    problem({
      code: 'ghcr-sbom-invalid',
      kind: 'incomplete',
      message: `Could not use the file ${shownPath(path)} as the SBOM of ${publisher}: ${reason}.`,
      hint: 'It must be SPDX or CycloneDX in JSON and UTF-8, as "npm sbom --sbom-format spdx", "syft -o spdx-json" or "cyclonedx-npm" print it. In PowerShell, > can write UTF-16.',
      path,
      rerun: 'after-fix',
    }),
  );
}

/** The problem of a stored SBOM that another program changed. */
export function changedSbom({ path, publisher }: About): Failure {
  return failed(
    problem({
      code: 'ghcr-image-changed',
      kind: 'incomplete',
      message: `The file ${path}, the SBOM of ${publisher}, has changed since it was built.`,
      hint: 'Another program changed a file in the temporary folder of this run: find out which, then run again.',
      rerun: 'after-fix',
    }),
  );
}

/** The problem of an SBOM that is left to attach, in a run that has not built it. */
export function unbuiltSbom({ path, publisher }: About): Failure {
  return failed(
    problem({
      code: 'ghcr-sbom-missing',
      kind: 'incomplete',
      message: `Could not attach the SBOM ${shownPath(path)} of ${publisher}: this run has not built it.`,
      hint: 'Run publish again: it builds what is still to be signed.',
      path,
    }),
  );
}
