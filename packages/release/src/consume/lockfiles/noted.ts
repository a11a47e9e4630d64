import { isObject } from '@ameide/source-files/json';
import { lastDocument } from '@ameide/source-files/lockfiles';
import { parse as parseToml } from 'smol-toml';
import { isCatalog } from '../catalogs-in-use.ts';
import type { ConsumeChange } from '../planned-file.ts';
import type { LockKind } from './lock-job.ts';

export interface Noting {
  readonly kind: LockKind;
  readonly text: string;
  /** The project, relative to the lockfile's folder; `''` for that folder itself. */
  readonly project: string;
}

/**
 * Whether a lockfile notes a requirement as its manifest has it: `npm ci`, `pnpm install --frozen-lockfile` and the like
 * compare that before they install, also where the version is the right one. True if the format does not say.
 */
export function isNoted({ kind, project, text }: Noting, place: ConsumeChange): boolean {
  try {
    return noted({ kind, project, text }, place) ?? true;
  } catch {
    // Whether it can be read is asked elsewhere.
    return true;
  }
}

const INSTALLED = /^(?:dev|optional)?dependencies$/i;

function noted({ kind, project, text }: Noting, place: ConsumeChange): boolean | undefined {
  const { field } = place;
  if (kind === 'uv') return notedByUv(text, project, place);
  if (kind === 'pnpm') return notedByPnpm(lastDocument(text), project, place);
  if (!INSTALLED.test(field)) return undefined;
  if (kind === 'npm') return hasRange(at(JSON.parse(text), 'packages', project, field), place);
  if (kind === 'bun') {
    const json: unknown = JSON.parse(text.replace(/,(?=\s*[}\]])/g, ''));
    return hasRange(at(json, 'workspaces', project, field), place);
  }
  return kind === 'yarn' || kind === 'yarn-classic' ? hasDescriptor(text, place) : undefined;
}

function notedByPnpm(
  lock: unknown,
  project: string,
  { field, name, to }: ConsumeChange,
): boolean | undefined {
  if (lock === undefined) return undefined;
  if (isCatalog(field)) {
    const catalog = field.replace(/^.*catalogs?\.?/, '') || 'default';
    return at(lock, 'catalogs', catalog, name, 'specifier') === to;
  }
  if (!INSTALLED.test(field)) return undefined;
  const section = at(lock, 'importers', project === '' ? '.' : project, field);
  return isObject(section)
    ? Object.values(section).some((one) => at(one, 'specifier') === to)
    : undefined;
}

/** The key of an alias is another name. */
function hasRange(section: unknown, { name, to }: ConsumeChange): boolean | undefined {
  if (!isObject(section)) return undefined;
  return Object.entries(section).some(
    ([key, range]) => range === to && (key === name || to.startsWith('npm:')),
  );
}

/** `"@acme/sdk@npm:0.2.0, @acme/sdk@npm:^0.1.0":`, of Yarn 1 without `npm:`. */
function hasDescriptor(text: string, { name, to }: ConsumeChange): boolean {
  const keys = text.split('\n').filter((line) => /^["\w@].*:\r?$/.test(line));
  return keys
    .flatMap((line) => line.replaceAll('"', '').replace(/:\r?$/, '').split(/,\s*/))
    .some((one) => one.includes(name) && (one.endsWith(`@${to}`) || one.endsWith(`@npm:${to}`)));
}

function notedByUv(
  text: string,
  project: string,
  { name, to }: ConsumeChange,
): boolean | undefined {
  const packages = at(parseToml(text), 'package');
  const own = (Array.isArray(packages) ? packages : []).find((one) =>
    ['editable', 'virtual', 'directory'].some(
      (source) => at(one, 'source', source) === (project === '' ? '.' : project),
    ),
  );
  const metadata = at(own, 'metadata');
  if (metadata === undefined) return undefined;
  const groups = at(metadata, 'requires-dev');
  const needs: readonly unknown[] = [
    at(metadata, 'requires-dist'),
    ...(isObject(groups) ? Object.values(groups) : []),
  ].flat();
  return needs.some((one) => at(one, 'name') === name && at(one, 'specifier') === to);
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  let found = value;
  for (const key of keys)
    found = isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  return found;
}
