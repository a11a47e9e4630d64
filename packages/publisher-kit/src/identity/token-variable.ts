/**
 * Returns the variable in which a job has the identity token for an audience, if its CI gives tokens in variables.
 * `SIGSTORE_ID_TOKEN`, `PYPI_ID_TOKEN` and `TESTPYPI_ID_TOKEN` are named after their audience (the Python package
 * `id`, which sigstore and twine use); `NPM_ID_TOKEN` has the audience `npm:registry.npmjs.org`
 * (npm's `lib/utils/oidc.js`).
 */
export function tokenVariable(audience: string): string {
  const name = audience.startsWith('npm:') ? 'npm' : audience;
  return `${name.toUpperCase().replaceAll(/[^A-Z0-9_]|^\d/g, '_')}_ID_TOKEN`;
}
