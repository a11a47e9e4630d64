/** The registries of the tests, which a definition for the public ones would not name. */
const env = process.env;

export const registry: string = env['NPM_REGISTRY'] ?? '';
export const index: { readonly uploadUrl: string; readonly simpleUrl: string } = {
  uploadUrl: env['PYPI_UPLOAD_URL'] ?? '',
  simpleUrl: env['PYPI_SIMPLE_URL'] ?? '',
};
export const gitHost: string = env['GIT_HOST'] ?? '';
export const token: string = env['GITHUB_TOKEN'] ?? '';
/** The options that lead to an image of the OCI registry. */
export function image(name: string): Readonly<Record<'image' | 'user' | 'token', string>> {
  const { OCI_HOST = '', OCI_USER: user = '', OCI_TOKEN: token = '' } = env;
  return { image: `${OCI_HOST}/${name}`, user, token };
}
