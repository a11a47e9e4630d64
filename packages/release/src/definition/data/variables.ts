import { secretVariables } from '@ameide/publisher-kit';
import { InvalidInputError } from '@ameide/versioning-core';

export type Variables = Readonly<Record<string, string | undefined>>;

/** Options of publishers that say where something is, which may differ between two environments. */
const ADDRESSES: ReadonlySet<string> = new Set([
  'distributions',
  'registry',
  'uploadUrl',
  'simpleUrl',
  'mirror',
  'image',
  'baseUrl',
  'packagesApi',
]);
const SECRETS: ReadonlySet<string> = new Set(['token', 'password']);

const REFERENCE = /\$\{([A-Z_][A-Z0-9_]*)(?::-([^{}]*))?\}/g;

/**
 * Replaces `${NAME}` and `${NAME:-default}` in a publisher's addresses and credentials with values of the
 * environment; other options stay as they are written. Leaves out a credential that is not set, so that the
 * publisher's own default counts. Throws `InvalidInputError`; `field` says where the data is.
 */
export function withVariables(data: unknown, env: Variables, field: string): unknown {
  if (Array.isArray(data))
    return data.map((entry, at) => withVariables(entry, env, `${field}[${at}]`));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).flatMap(([name, value]) => {
      const own = `${field}.${name}`;
      if (name === 'distributions' && Array.isArray(value))
        return [[name, value.map((one) => replaceIn(name, String(one), env, own))] as const];
      if (typeof value !== 'string') return [[name, withVariables(value, env, own)] as const];
      const replaced = replaceIn(name, value, env, own);
      return replaced === undefined ? [] : [[name, replaced] as const];
    }),
  );
}

function replaceIn(name: string, text: string, env: Variables, field: string): string | undefined {
  const isSecret = SECRETS.has(name);
  const isCredential = isSecret || name === 'user';
  if (!isCredential && !ADDRESSES.has(name)) return text;
  if (isSecret) requireReference(text, field);
  let isMissing = false;
  const replaced = text.replace(REFERENCE, (_all, variable: string, otherwise?: string) => {
    // An empty variable counts as none: a workflow sets it so for a secret that does not exist.
    const value = env[variable] || otherwise;
    if (value === undefined && !isCredential) throw notSet(variable, field);
    if (!isCredential && secretVariables({ [variable]: value }).size > 0)
      throw secretInAddress(variable, field);
    isMissing ||= value === undefined;
    return value ?? '';
  });
  if (isMissing) return undefined;
  return replaced;
}

/**
 * Refuses `${NAME}` in addresses that are not a publisher's, where nothing replaces it. The error about an address
 * that begins with `$` would not say why.
 */
export function refuseVariables(data: unknown, field?: string): void {
  if (typeof data === 'object' && data !== null)
    for (const [name, value] of Object.entries(data))
      refuseVariables(value, field === undefined ? name : `${field}.${name}`);
  const [reference] = typeof data === 'string' ? (data.match(REFERENCE) ?? []) : [];
  if (reference === undefined) return;
  throw new InvalidInputError(
    {
      field: field ?? 'config',
      expected: `the value itself: ${reference} is replaced in addresses and credentials of publishers alone`,
      hint: 'Write the value here, or use a release.config.ts, which can read the environment.',
    },
    'release-definition',
  );
}

/** Everybody who can read the repository could read a token or a password in this file. */
function requireReference(text: string, field: string): void {
  if (/^\$\{[A-Z_][A-Z0-9_]*\}$/.test(text)) return;
  throw new InvalidInputError(
    {
      field,
      expected: 'the name of an environment variable, for example "${OCI_TOKEN}"',
      hint: 'If a secret is written in the file, revoke it: it is in the history of the repository.',
    },
    'release-definition',
  );
}

function notSet(variable: string, field: string): InvalidInputError {
  return new InvalidInputError(
    {
      field,
      expected: `the environment variable ${variable} to be set`,
      hint: `Set it, or write a default: \${${variable}:-…}.`,
    },
    'release-definition',
  );
}

function secretInAddress(variable: string, field: string): InvalidInputError {
  return new InvalidInputError(
    {
      field,
      expected: `an address without a secret; the variable ${variable} is named like one, or its value has a password`,
      hint: 'Give the token in the option token.',
    },
    'release-definition',
  );
}
