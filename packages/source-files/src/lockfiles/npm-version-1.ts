import type { JsonObject } from '../json/json.ts';
import { objectAt, textAt } from './parse.ts';

/**
 * Turns the tree of a version 1 (npm 5 and 6) into the `packages` of later versions, by the place of each
 * package. What the project itself asks for is only in its package.json.
 */
export function flattenVersion1(lock: JsonObject, manifest: JsonObject): JsonObject {
  const places: Record<string, JsonObject> = { '': manifest };
  const open = [{ at: '', tree: objectAt(lock, 'dependencies') }];
  for (const { at, tree } of open) {
    for (const name of Object.keys(tree ?? {})) {
      const one = objectAt(tree, name);
      if (one === undefined) continue;
      const place = `${at}node_modules/${name}`;
      places[place] = placed(one);
      open.push({ at: `${place}/`, tree: objectAt(one, 'dependencies') });
    }
  }
  return places;
}

/** https://docs.npmjs.com/cli/v6/configuring-npm/package-lock-json: `version` may also be an address. */
function placed(one: JsonObject): JsonObject {
  const written = textAt(one, 'version') ?? '';
  const [, alias, aliased] = /^npm:(@?[^@]+)@(.+)$/.exec(written) ?? [];
  const version = aliased ?? written;
  const isVersion = /^\d+\.\d+\.\d+/.test(version);
  const resolved = isVersion ? textAt(one, 'resolved') : version;
  return {
    ...(alias === undefined ? {} : { name: alias }),
    ...(isVersion ? { version } : {}),
    ...(resolved === undefined ? {} : { resolved }),
    dependencies: objectAt(one, 'requires'),
  };
}
