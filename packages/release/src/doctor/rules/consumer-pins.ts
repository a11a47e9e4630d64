import { type Dependency, readDependencies } from '@ameide/source-files/dependencies';
import { consumerPaths } from '../../consumers/consumer-paths.ts';
import type { ReleasedFacts } from '../facts.ts';
import type { FileFix, Finding, Rule } from '../finding.ts';
import { flawOf } from './pin-flaw.ts';
import { workspaceFix } from './workspace-fix.ts';

const NAME = 'consumer-pins';

export const CONSUMER_PINS: Rule<ReleasedFacts> = {
  name: NAME,
  title: 'Consumers ask for a version of what the release publishes.',
  why: 'A range without a version, a moving tag or a folder gives every build something else, and nobody can say which commit of the SDK a service runs.',
  async find(facts) {
    const { definition, published } = facts.release;
    const names = new Set(published.map(({ ecosystem, name }) => `${ecosystem} ${name}`));
    const isConsumer = consumerPaths(definition);
    const known = new Set(facts.reader.paths);
    const { dependencies, unread } = await readDependencies(
      facts.files,
      (path) => known.has(path) && isConsumer(path),
    );
    for (const { path, reason } of unread) facts.reader.refuse(path, reason);
    const ours = dependencies.filter(
      (one) => names.has(`${one.ecosystem} ${one.name}`) && !isOwnTool(one),
    );
    const findings: Finding[] = [];
    for (const one of ours) {
      const flaw = flawOf(one, { all: ours, npmRange: definition.consumers?.npmRange });
      if (flaw === undefined) continue;
      const fix = one.ecosystem === 'npm' ? await workspaceFix(one, facts) : undefined;
      findings.push(finding(one, flaw, fix));
    }
    return findings;
  },
};

/** What a package of the workspace is tested or built with is not what it runs with. */
function isOwnTool({ field, place, requirement }: Dependency): boolean {
  return (
    field === 'devDependencies' &&
    (place.path === 'package.json' || requirement.startsWith('workspace:'))
  );
}

function finding(
  { field, name, place, requirement }: Dependency,
  why: string,
  fix: { readonly range: string; readonly fix: readonly FileFix[] } | undefined,
): Finding {
  const asked = requirement === '' ? `${name} without a version` : `${name} as ${requirement}`;
  return {
    rule: NAME,
    message: `${field} asks for ${asked}: ${why}.`,
    hint:
      fix === undefined
        ? 'Write the version of a release; ameide-release consume writes it everywhere.'
        : `Write ${fix.range}.`,
    path: place.path,
    line: place.line,
    column: place.column,
    ...(fix === undefined ? {} : { fix: fix.fix }),
  };
}
