import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { notOwn } from '../../src/commit/ci-run.ts';
import { CI_SERVICES } from '../../src/commit/ci-service.ts';
import { findCiRun } from '../../src/commit/find-ci-run.ts';
import { SERVICE_ROWS } from './ci-service-rows.ts';

type Variables = Readonly<Record<string, string>>;

interface CiInfo {
  readonly name: string | null;
  readonly isPR: boolean | null;
}

const require = createRequire(import.meta.url);

/** What `ci-info` itself says. It reads `process.env` once, when it is loaded. */
function ciInfo(env: Variables): CiInfo {
  const path = require.resolve('ci-info');
  const before = process.env;
  Reflect.deleteProperty(require.cache, path);
  try {
    process.env = { ...env };
    return { ...(require(path) as CiInfo) };
  } finally {
    process.env = before;
  }
}

async function isPull(env: Variables): Promise<boolean> {
  return notOwn(await findCiRun(env), 'a'.repeat(40)) !== undefined;
}

const SERVICES = Object.entries(SERVICE_ROWS);

describe('a run of each CI system, by its documented variables', () => {
  const refs = SERVICES.flatMap(([name, { branch, hasNoRef, tag }]) => [
    ...(branch === undefined
      ? []
      : ([[name, 'branch', 'refs/heads/main', hasNoRef, branch]] as const)),
    ...(tag === undefined ? [] : ([[name, 'tag', 'refs/tags/v0.1.0', hasNoRef, tag]] as const)),
  ]);

  test.each(refs)('%s: for a %s', async (_, __, ref, hasNoRef, env) => {
    expect(await findCiRun(env)).toEqual(hasNoRef === true ? {} : { ref });
    expect(ciInfo(env).isPR).not.toBe(true);
  });

  const pulls = SERVICES.flatMap(([name, { pulls: rows, unknownToCiInfo = [] }]) =>
    Object.entries(rows).map(
      ([title, env]) => [name, title, !unknownToCiInfo.includes(title), env] as const,
    ),
  );

  test.each(pulls)('%s: %s is never published', async (_, __, isKnown, env) => {
    expect(await isPull(env)).toBe(true);
    // A row that `ci-info` learns need not stay in our table.
    expect(ciInfo(env).isPR === true).toBe(isKnown);
  });

  test('each has its rows', () => {
    expect(Object.keys(CI_SERVICES).sort()).toEqual(Object.keys(SERVICE_ROWS).sort());
  });

  test('no CI system: the clone decides', async () => {
    expect(await findCiRun({})).toEqual({});
    expect(await findCiRun({ CHANGE_ID: '7', CIRCLE_BRANCH: 'main', PULL_REQUEST: '7' })).toEqual(
      {},
    );
  });
});

interface Vendor {
  readonly name: string;
  readonly constant: string;
  readonly env: string | readonly string[] | Condition;
  readonly pr?: string | Condition;
}
type Condition = Readonly<Record<string, string | readonly string[]>>;

/** Variables that fulfil a condition of `ci-info`. */
function fulfilling(condition: string | readonly string[] | Condition): Variables {
  if (typeof condition === 'string') return { [condition]: '1' };
  if (Array.isArray(condition)) return Object.assign({}, ...condition.map(fulfilling));
  const { any, env, includes, ne, ...values } = condition as Record<string, string | string[]>;
  if (typeof env === 'string')
    return { [env]: ne === undefined ? String(includes ?? any?.[0]) : '7' };
  return any === undefined ? (values as Variables) : { [String(any[0])]: '1' };
}

describe('every CI system that ci-info knows, as ci-info knows it', () => {
  const vendors: readonly Vendor[] = require('ci-info/vendors.json');
  const others = vendors.filter(({ constant }) => constant !== 'GITHUB_ACTIONS');

  test.each(others.map((vendor) => [vendor.name, vendor] as const))('%s', async (_, vendor) => {
    const branch = fulfilling(vendor.env);
    expect([ciInfo(branch).isPR === true, await isPull(branch)]).toEqual([false, false]);
    if (vendor.pr === undefined) return;
    const pull = { ...branch, ...fulfilling(vendor.pr) };
    expect([ciInfo(pull).isPR, await isPull(pull)]).toEqual([true, true]);
  });
});
