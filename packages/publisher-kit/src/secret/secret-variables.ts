/** Shorter values occur in ordinary words, and protect nothing. */
const SHORTEST = 8;

/** True for a value that may be hidden wherever it occurs. */
export function isLong(value: string): boolean {
  return value.length >= SHORTEST;
}

const KINDS =
  'TOKEN|PASSWORD|PASSWD|PASSPHRASE|PASSCODE|SECRET|CREDENTIALS?|BEARER|JWT|WEBHOOK' +
  '|(?:API|APP|ACCESS|ACCOUNT|ADMIN|AUTH|CLIENT|DEPLOY|ENCRYPTION|MASTER|PRIVATE|SECRET|SERVICE|SIGNING|SSH|STORAGE)_?KEY' +
  '|(?:^|[_:])(?:AUTH|PAT|PWD|PASS|KEY_?PASS)';
/**
 * The names that CI systems, registries and databases use: `NPM_TOKEN`, `PGPASSWORD`, `GHTOKEN`,
 * `MYSQL_PWD`, `AWS_SECRET_ACCESS_KEY`, `npm_config_//host/:_authToken`, `DEPLOY_KEY_B64`.
 */
const SECRET_NAME = new RegExp(
  `(?:${KINDS})(?:_?(?:\\d+|B64|BASE64|JSON|PEM|VALUE|DEV|TEST|STAGING|PROD|PRODUCTION|CI))?$`,
  'i',
);
/** The shell's folders. */
const NO_SECRET = /^(?:PWD|OLDPWD|INIT_CWD)$/i;

/**
 * Returns the values of an environment that must not be shown, by the names of their variables:
 * values of variables that are named like secrets, and passwords in addresses such as
 * `https://user:password@proxy`. Values of fewer than eight characters are left out of the former.
 */
export function secretVariables(
  environment: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const [name, value = ''] of Object.entries(environment)) {
    const isSecret = isLong(value.trim()) && SECRET_NAME.test(name) && !NO_SECRET.test(name);
    const values = isSecret ? [value.trim()] : passwordIn(value);
    if (values.length > 0) found.set(name, values);
  }
  return found;
}

/** Returns the password of a URL, as it is there and decoded; nothing if there is none. */
function passwordIn(value: string): readonly string[] {
  const password = value.includes('@') ? URL.parse(value)?.password : undefined;
  return password === undefined || password === '' ? [] : [password, decoded(password)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A value that others could write by chance, or that names a place: no proof of a leak. */
const COMMON = /^(?:[a-z]+|[A-Z]+|\d+|(?:\/|\.{1,2}\/|~\/|[A-Z]:\\|https?:\/\/).*)$/;

/**
 * True for a value that is not in a file by chance: letters and digits, at least eight, or any sixteen
 * characters. A database's password in a CI job is often `postgres`, and the word is in many files.
 */
export function isTelling(value: string): boolean {
  if (!isLong(value) || COMMON.test(value)) return false;
  return value.length >= 16 || (/\d/.test(value) && /[A-Za-z]/.test(value));
}
