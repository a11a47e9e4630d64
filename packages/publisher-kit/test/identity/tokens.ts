/** Makes an unsigned token: nothing here checks signatures. */
export function tokenWith(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const whole = {
    iss: 'https://token.actions.githubusercontent.com',
    sub: 'repo:ameideio/ameide:ref:refs/heads/main',
    aud: 'pypi',
    exp: NOW / 1000 + 300,
    ...claims,
  };
  return `${part({ alg: 'RS256' })}.${part(whole)}.c2lnbmF0dXJl`;
}

/** Unix milliseconds. */
export const NOW: number = Date.UTC(2025, 10, 13, 15, 32, 11);
