// What has leaked from published packages: registry and git credentials, environment files, private keys.
const SECRET_FILES =
  /^(?:\.npmrc|\.yarnrc(?:\.yml)?|\.pypirc|\.netrc|_netrc|\.git-credentials|\.env(?:\..*)?|\.envrc|id_(?:rsa|dsa|ecdsa|ed25519)|.*\.(?:pem|p12|pfx|keystore|jks))$/i;
// A template of an environment file is meant to be read.
const TEMPLATES = /^\.env\.(?:example|sample|template|dist)$/i;

/** The paths that look like they hold secrets; their last part decides. */
export function secretFiles(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    return SECRET_FILES.test(name) && !TEMPLATES.test(name);
  });
}
