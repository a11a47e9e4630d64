import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { createProcesses } from '@ameide/publisher-kit';
import { expect, test } from 'vitest';
import { openGo } from './go-command.ts';
import { git, MODULE, tagRef } from './lab.ts';
import { FILE, provingLab, SIGNER } from './proving.ts';

needs(
  'git',
  'go',
  'cosign',
)('a provenance, as the guide reads it:', () => {
  test('go names the commit of a version, git fetches its provenance, and cosign accepts it', async () => {
    const proving = await provingLab();
    const { lab, sigstore } = proving;
    const sha = lab.commit();
    await proving.publish(sha, tagRef('v0.1.0'));
    const folder = lab.scratch();
    const go = openGo(folder, { [MODULE]: `file://${lab.bare}` });
    const printed = await go.run(['mod', 'download', '-json', `${MODULE}@v0.1.0`]);
    const { Origin: origin } = JSON.parse(printed) as { Origin?: { Hash?: string } };
    const commit = origin?.Hash ?? '';
    expect(commit).toBe(proving.commitOf(sha));
    git(folder, ['init', '--quiet', '--template=']);
    git(folder, ['fetch', '--quiet', lab.bare, `refs/attestations/${commit}`]);
    const [bundle = ''] = git(folder, ['show', `FETCH_HEAD:${FILE}`]).split('\n');
    writeFileSync(join(folder, 'provenance.json'), bundle);
    const verify = async (digest: string): Promise<boolean> => {
      const { ok } = await createProcesses().run({
        argv: [
          'cosign',
          'verify-blob-attestation',
          '--bundle=provenance.json',
          '--type=slsaprovenance1',
          '--digestAlg=gitCommit',
          `--digest=${digest}`,
          '--certificate-oidc-issuer=https://token.actions.githubusercontent.com',
          `--certificate-identity=${SIGNER}`,
          `--trusted-root=${sigstore.trustedRootFile}`,
        ],
        cwd: folder,
        env: { TUF_ROOT: join(folder, 'tuf') },
      });
      return ok;
    };
    expect(await verify(commit)).toBe(true);
    expect(await verify(sha)).toBe(false);
  });
});
