import { isObject, type JsonObject } from './json.ts';

// https://docs.npmjs.com/cli/v11/using-npm/scripts#life-cycle-operation-order: what `npm publish`
// runs before it packs.
const BEFORE_PACKING = ['prepublishOnly', 'prepack', 'prepare'] as const;

/**
 * The scripts of a package.json that `npm publish` would run before it packs, and that nothing runs
 * here.
 */
export function scriptsBeforePacking(json: JsonObject): readonly string[] {
  const scripts = json['scripts'];
  return isObject(scripts) ? BEFORE_PACKING.filter((name) => scripts[name] !== undefined) : [];
}
