import { join } from 'node:path';
import { readJson, writeAtomically } from '../atomic-file.ts';

/** An entry of npmjs's answer about the attestations of a version. */
interface StoredAttestation {
  readonly predicateType: string;
  readonly bundle: unknown;
}

/** The attestations of versions, by `<name>@<version>`, below the registry's folder. */
export interface AttestationStore {
  read(of: string): Promise<readonly StoredAttestation[] | undefined>;
  write(of: string, attestations: readonly StoredAttestation[]): Promise<void>;
}

export function attestationStore(directory: string): AttestationStore {
  const folder = join(directory, 'attestations');
  const fileOf = (of: string): string => join(folder, `${encodeURIComponent(of)}.json`);
  return {
    read: async (of) => readJson<readonly StoredAttestation[]>(fileOf(of)),
    write: async (of, attestations) => writeAtomically(fileOf(of), JSON.stringify(attestations)),
  };
}
