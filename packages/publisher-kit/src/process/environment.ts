/**
 * Variables that programs need to find their files, the network and the user's language. None
 * contains a token.
 */
const NAMES = new Set(
  `PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TERM NO_COLOR TMPDIR TMP TEMP
   HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
   SSL_CERT_FILE SSL_CERT_DIR NODE_EXTRA_CA_CERTS REQUESTS_CA_BUNDLE CURL_CA_BUNDLE PIP_CERT GIT_SSL_CAINFO GIT_SSL_CAPATH
   GOROOT GOPATH GOCACHE GOMODCACHE CARGO_HOME RUSTUP_HOME RUSTUP_TOOLCHAIN UV_CACHE_DIR UV_PYTHON_INSTALL_DIR PIP_CACHE_DIR VIRTUAL_ENV PYENV_ROOT
   NPM_CONFIG_CACHE PNPM_HOME COREPACK_HOME
   SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT USERPROFILE APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES`.split(
    /\s+/,
  ),
);
const PREFIXES = ['LC_', 'XDG_'];

/**
 * Returns the allow-listed part of an environment. Ignores the case of names, for Windows and the
 * proxy variables.
 */
export function allowedEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const allowed: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    const upper = name.toUpperCase();
    if (
      value !== undefined &&
      (NAMES.has(upper) || PREFIXES.some((prefix) => upper.startsWith(prefix)))
    )
      allowed[name] = value;
  }
  return allowed;
}
