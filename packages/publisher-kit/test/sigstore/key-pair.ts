import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createProcesses, createWorkspace, Secret } from '../../src/index.ts';
import type { SigningKey } from '../../src/sigstore/index.ts';

export const PASSWORD = 'local-key-password-7f31c0';

/** A key pair of cosign, in a folder of its own. */
export async function keyPair(): Promise<SigningKey & { readonly folder: string }> {
  const made = await createWorkspace();
  onTestFinished(async () => made.dispose());
  const folder = made.directory;
  const env = { COSIGN_PASSWORD: PASSWORD };
  const argv = ['cosign', 'generate-key-pair'] as const;
  const result = await createProcesses().run({ argv: [...argv], cwd: folder, env });
  if (!result.ok) throw new Error(result.summary);
  return {
    folder,
    reference: join(folder, 'cosign.key'),
    publicKey: await readFile(join(folder, 'cosign.pub'), 'utf8'),
    password: new Secret(PASSWORD),
    isLogged: false,
  };
}
