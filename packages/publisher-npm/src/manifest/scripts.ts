import { isObject, type JsonObject } from '@ameide/source-files/json';

// `npm publish` runs these before it packs:
// https://docs.npmjs.com/cli/v11/using-npm/scripts#life-cycle-operation-order
const BEFORE_PACKING = ['prepublishOnly', 'prepack', 'prepare'] as const;

/**
 * Returns the scripts of a package.json that `npm publish` would run before it packs. This
 * publisher runs none of them.
 */
export function scriptsBeforePacking(json: JsonObject): readonly string[] {
  const scripts = json['scripts'];
  return isObject(scripts) ? BEFORE_PACKING.filter((name) => scripts[name] !== undefined) : [];
}
