import { locateJson } from '@ameide/source-files/json';
import { pathIn } from '@ameide/versioning-core';
import { whereIs } from '../at-place.ts';
import type { ReleasedFacts } from '../facts.ts';
import type { Finding, Rule } from '../finding.ts';
import { pairRemoval } from './pair-removal.ts';

const NAME = 'private-published';

export const PRIVATE_PUBLISHED: Rule<ReleasedFacts> = {
  name: NAME,
  title: 'A package that the definition publishes is not marked as private.',
  why: 'npm refuses to publish it, so the release stops; and whoever reads the file believes that it is never published.',
  async find({ reader, release: { published } }) {
    const findings: Finding[] = [];
    for (const { directory, ecosystem } of published) {
      if (ecosystem !== 'npm' || directory === undefined) continue;
      const path = pathIn(directory, 'package.json');
      const json = await reader.json(path);
      if (json === undefined || !json['private']) continue;
      const text = (await reader.text(path)) ?? '';
      const pair = locateJson(text, ['private'])?.pair;
      findings.push({
        rule: NAME,
        message: 'The definition publishes this package, but its manifest marks it as private.',
        hint: 'Remove the field "private"; or, if it must not be published, take the package out of the definition.',
        ...whereIs(path, text, pair),
        ...(pair === undefined ? {} : { fix: [{ path, edits: [pairRemoval(text, pair)] }] }),
      });
    }
    return findings;
  },
};
