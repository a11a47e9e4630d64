import { expect, test } from 'vitest';
import { createHttp } from '../../src/index.ts';
import {
  attestProvenance,
  COSIGN_SIGN,
  classifyProof,
  identitySigner,
  statementOf,
  verifyBundle,
} from '../../src/sigstore/index.ts';
import { IDENTITY, signingLab } from './signed.ts';

const SHORT = `sha256:${'0a'.repeat(32)}`;
const LONG = `sha512:${'0a'.repeat(64)}`;

test('a statement about a SHA-512 digest and a name proves nothing of other bytes, another name or another algorithm', async () => {
  const lab = await signingLab();
  const { trusted } = lab;
  const named = statementOf(LONG, { predicateType: COSIGN_SIGN, name: 'pkg:npm/demo@1.0.0' });
  expect(named.subject).toEqual([
    { name: 'pkg:npm/demo@1.0.0', digest: { sha512: '0a'.repeat(64) } },
  ]);
  const bundle = await lab.sign(LONG, named);
  expect(verifyBundle(bundle, LONG, trusted)).toMatchObject({ value: { statement: named } });
  expect(verifyBundle(bundle, LONG, trusted, 'pkg:npm/demo@1.0.0').fault).toBeUndefined();
  for (const [digest, name] of [
    [LONG, 'pkg:npm/demo@1.0.1'],
    [LONG.replace('0a', '0b'), undefined],
    [SHORT, undefined],
  ] as const)
    expect(verifyBundle(bundle, digest, trusted, name)).toMatchObject({ fault: 'other-subject' });
});

test('a git commit is a subject of its own kind, in both formats of git', async () => {
  const lab = await signingLab();
  const id = 'gitCommit:';
  for (const hex of ['0a'.repeat(20), '0a'.repeat(32)]) {
    const statement = statementOf(`${id}${hex}`, { predicateType: COSIGN_SIGN });
    expect(statement.subject).toEqual([{ digest: { gitCommit: hex } }]);
    const bundle = await lab.sign(`${id}${hex}`, statement);
    expect(verifyBundle(bundle, `${id}${hex}`, lab.trusted).fault).toBeUndefined();
    expect(verifyBundle(bundle, SHORT, lab.trusted).fault).toBe('other-subject');
    expect(verifyBundle(bundle, `${id}${'0b'.repeat(20)}`, lab.trusted).fault).toBe(
      'other-subject',
    );
  }
});

test.each([
  'latest',
  'gitCommit:71e210b',
  'sha256:0a',
  `sha1:${'0a'.repeat(20)}`,
  `sha512:${'0a'.repeat(32)}`,
])('no statement is about %s', (digest) => {
  expect(() => statementOf(digest, { predicateType: COSIGN_SIGN })).toThrow(TypeError);
});

test('a provenance is verified before it is handed on', async () => {
  const { issuer, sigstore, trusted } = await signingLab();
  const env = { ...issuer.job, ...issuer.environment };
  const from = { sha: 'a'.repeat(40), repository: IDENTITY.repository };
  const about = { digest: LONG, name: 'pkg:npm/demo@1.0.0', from };
  const { signal } = new AbortController();
  const tokens: string[] = [];
  const ports = {
    env,
    http: createHttp({ attempts: 1 }),
    remember: (token: { reveal(): string }) => void tokens.push(token.reveal()),
  };
  const made = await attestProvenance(
    identitySigner({ identity: IDENTITY, sigstore }, ports),
    about,
    env,
    signal,
  );
  if (made.value === undefined) throw new Error(made.problems[0].message);
  const classified = classifyProof('provenance', [made.value], { ...about, trusted });
  expect(classified).toMatchObject({ state: 'proven', sha: from.sha });
  expect(tokens).toHaveLength(1);
  const other = { ...IDENTITY, workflow: '.github/workflows/other.yml' };
  const refused = await attestProvenance(
    identitySigner({ identity: other, sigstore }, ports),
    about,
    env,
    signal,
  );
  expect(refused.problems?.[0]).toMatchObject({
    code: 'sigstore-not-accepted',
    rerun: 'after-fix',
    effect: 'none',
  });
  const seen = JSON.stringify(refused);
  expect(issuer.secrets().filter((secret) => seen.includes(secret))).toEqual([]);
});
