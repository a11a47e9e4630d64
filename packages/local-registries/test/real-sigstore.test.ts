import { readFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { needs } from '../src/components.ts';
import { startIdentityIssuer, startRealSigstore, startSigstore } from '../src/index.ts';
import { sigstoreAnswers } from './sigstore-answers.ts';

const RECORDED = new URL('recorded/sigstore.json', import.meta.url);

test('the stand-in answers as Sigstore’s own services did when they were asked', async () => {
  const issuer = await startIdentityIssuer({ issuer: 'own' });
  onTestFinished(() => issuer.stop());
  const sigstore = await startSigstore({ issuer, rekorVersion: 2 });
  onTestFinished(() => sigstore.stop());
  expect(await sigstoreAnswers(sigstore, issuer)).toEqual(
    JSON.parse(await readFile(RECORDED, 'utf8')),
  );
});

needs('sigstore')('Sigstore’s own services', () => {
  test('answer as recorded', { timeout: 120_000 }, async () => {
    const issuer = await startIdentityIssuer({ issuer: 'own' });
    onTestFinished(() => issuer.stop());
    const sigstore = await startRealSigstore({ issuer });
    onTestFinished(() => sigstore.stop());
    const answers = await sigstoreAnswers(sigstore, issuer);
    // `--update` records them anew.
    const json = `${JSON.stringify(answers, undefined, 2)}\n`;
    await expect(json).toMatchFileSnapshot('./recorded/sigstore.json');
  });
});
