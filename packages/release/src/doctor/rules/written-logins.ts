import { isAlias, isScalar, parseAllDocuments, visit } from 'yaml';
import { type Entry, npmrcEntries, pythonIniEntries } from './ini-entries.ts';

/** Where each token or password of a file begins. Tells the values apart from variables and placeholders. */
export type SecretFinder = (text: string) => readonly number[];

/** https://docs.npmjs.com/cli/configuring-npm/npmrc */
export const inNpmrc: SecretFinder = (text) =>
  npmrcEntries(text).flatMap((one) =>
    /(?:^|:)(?:_authToken|_auth|_password)$/.test(one.key)
      ? secretIn(one, SHORTEST)
      : secretsInAddresses(one),
  );

/** https://yarnpkg.com/configuration/yarnrc: keys may be quoted, mappings may be in braces. */
export const inYarnrc: SecretFinder = (text) => {
  const entries: Entry[] = [];
  for (const document of parseAllDocuments(text, { prettyErrors: false }))
    visit(document, {
      Pair: (_, { key, value }) => {
        const found = isAlias(value) ? value.resolve(document) : value;
        if (!isScalar(key) || !isScalar(found)) return;
        const start = found.range?.[0] ?? 0;
        entries.push({ key: String(key.value), value: String(found.value).trim(), start });
      },
    });
  return entries.flatMap((one) => {
    if (one.key === 'npmAuthToken') return secretIn(one, SHORTEST);
    if (one.key !== 'npmAuthIdent') return secretsInAddresses(one);
    return secretIn({ ...one, value: passwordIn(one.value) }, SHORTEST_PASSWORD);
  });
};

/** Of `user:password`; all of it if it is encoded. */
function passwordIn(ident: string): string {
  const text = withoutVariables(ident);
  return /^[^:$]*:(.*)$/.exec(text)?.[1] ?? text;
}

/** https://packaging.python.org/en/latest/specifications/pypirc/ */
export const inPypirc: SecretFinder = (text) =>
  pythonIniEntries(text).flatMap((one) =>
    one.key === 'password' ? secretIn(one, SHORTEST_PASSWORD) : secretsInAddresses(one),
  );

/** Addresses of indexes in pip.conf (https://pip.pypa.io/en/stable/topics/authentication/). */
export const inPipConf: SecretFinder = (text) =>
  pythonIniEntries(text).flatMap((one) => secretsInAddresses(one));

/** Addresses in uv.toml, pyproject.toml and requirements files, where `#` begins a comment. */
export const inAddresses: SecretFinder = (text) =>
  linesOf(text).flatMap((one) => (one.value.startsWith('#') ? [] : secretsInAddresses(one)));

/** https://everything.curl.dev/usingcurl/netrc: words, after `password` comes one. */
export const inNetrc: SecretFinder = (text) => {
  const words = linesOf(text).flatMap(({ start, value }) =>
    value.startsWith('#')
      ? []
      : [...value.matchAll(/\S+/g)].map((word) => ({ value: word[0], start: start + word.index })),
  );
  return words.flatMap(({ start, value }, index) =>
    words[index - 1]?.value === 'password'
      ? secretIn({ key: 'password', value, start }, SHORTEST_PASSWORD)
      : [],
  );
};

const SHORTEST = 8;
const SHORTEST_PASSWORD = 4;

function secretIn({ start, value }: Entry, shortest: number): readonly number[] {
  return isSecret(value, shortest) ? [start] : [];
}

/** True for what is no variable, and no placeholder: `${NPM_TOKEN}`, `<token>`, `{{ token }}`, `xxx`. */
function isSecret(value: string, shortest: number): boolean {
  const text = withoutVariables(value);
  return text.length >= shortest && !PLACEHOLDER.test(text);
}

const PLACEHOLDER = /^(?:<[^<>]*>|\{\{.*\}\}|%[\w()]*%?s?|[xX*.-]+)$/;

/**
 * npm's `${NAME}` and `${NAME?}`, and those of pnpm and Yarn with a default that is empty, `${NAME-}`, or
 * again a variable. A default that is written is a token in the file; and nobody expands `$NAME`.
 */
function withoutVariables(value: string): string {
  let text = value;
  for (let depth = 0; depth < 5; depth += 1) text = text.replaceAll(/\$\{\w+(?:\?|:?-)?\}/g, '');
  return text;
}

/** `https://user:TOKEN@host/`, and `https://TOKEN@host/` if it is longer than names are. */
function secretsInAddresses({ start, value }: Entry): readonly number[] {
  return [...value.matchAll(/\bhttps?:\/\/([^\s/?#@:"']*)(?::([^\s/?#@"']*))?@/g)].flatMap(
    ({ 0: all, 1: user = '', 2: password = '', index }) => {
      const isWritten = isSecret(password, SHORTEST) || (password === '' && isSecret(user, 20));
      return isWritten ? [start + index + all.indexOf('//') + 2] : [];
    },
  );
}

function linesOf(text: string): readonly Entry[] {
  let start = 0;
  return text.split('\n').map((line) => {
    const indent = line.length - line.trimStart().length;
    const entry = { key: '', value: line.trim(), start: start + indent };
    start += line.length + 1;
    return entry;
  });
}
