import { locateJson } from '@ameide/source-files/json';
import { pathIn } from '@ameide/versioning-core';
import { whereIs } from '../at-place.ts';
import { type ReleasedFacts, tableAt } from '../facts.ts';
import type { Finding, Rule } from '../finding.ts';

const NAME = 'publish-registry';

export const PUBLISH_REGISTRY: Rule<ReleasedFacts> = {
  name: NAME,
  title:
    'publishConfig of a package names no other registry, dist-tag or name than the definition.',
  why: 'Two places decide where a package goes: the release refuses that, and npm publish by hand sends the package elsewhere, under another tag.',
  async find({ reader, release: { published } }) {
    const findings: Finding[] = [];
    for (const { directory, ecosystem, name, registry = '' } of published) {
      if (ecosystem !== 'npm' || directory === undefined) continue;
      const path = pathIn(directory, 'package.json');
      const text = (await reader.text(path)) ?? '';
      const config = tableAt(await reader.json(path), 'publishConfig');
      for (const [key, value] of Object.entries(config)) {
        const flaw = flawOf(key, value, { name, registry });
        if (flaw === undefined) continue;
        const pair = locateJson(text, ['publishConfig', key])?.pair;
        findings.push({ rule: NAME, ...flaw, ...whereIs(path, text, pair) });
      }
    }
    return findings;
  },
};

function flawOf(
  key: string,
  value: unknown,
  { name, registry }: { readonly name: string | undefined; readonly registry: string },
): Pick<Finding, 'message' | 'hint'> | undefined {
  if (key === 'registry' || key.endsWith(':registry'))
    return withSlash(value) === withSlash(registry)
      ? undefined
      : {
          message: `publishConfig sends this package to ${String(value)}, and the definition to ${registry}.`,
          hint: 'Remove the field, or set the option registry of npm() to the same address.',
        };
  if (key === 'tag')
    return {
      message: `publishConfig moves the dist-tag ${String(value)} with every upload.`,
      hint: 'Remove the field: the channel decides the dist-tag; to use another one, set the option distTags of npm().',
    };
  if (key === 'name' && value !== name)
    return {
      message: `publishConfig publishes it under the name ${String(value)}.`,
      hint: 'Give the package the name that it is published under, and remove the field.',
    };
  return undefined;
}

function withSlash(address: unknown): string {
  return `${String(address).replace(/\/+$/, '')}/`;
}
