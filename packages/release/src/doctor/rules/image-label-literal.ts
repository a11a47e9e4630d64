import { placeAt } from '@ameide/source-files/text';
import type { ReleasedFacts } from '../facts.ts';
import type { Finding, Rule } from '../finding.ts';
import { imageSources } from './image-sources.ts';

const NAME = 'image-label-literal';

export const IMAGE_LABEL_LITERAL: Rule<ReleasedFacts> = {
  name: NAME,
  title: 'The Dockerfile of a published image states no commit, version or date of its own.',
  why: 'The release sets org.opencontainers.image.revision, version, created and source on every image; a literal in the Dockerfile is what a build by hand shows, and it is wrong after the next commit.',
  async find({ reader, release: { definition } }) {
    const findings: Finding[] = [];
    for (const { dockerfile } of imageSources(definition)) {
      if (dockerfile === undefined) continue;
      const text = (await reader.text(dockerfile)) ?? '';
      for (const found of text.matchAll(LITERAL)) {
        const at = found.index + found[0].indexOf('org.');
        const { column, line } = placeAt(dockerfile, text, at, at);
        findings.push({
          rule: NAME,
          message: `The Dockerfile sets the label ${found[1]} to the literal ${found[2]}.`,
          hint: 'Remove the label: the release sets it to what is true of the commit.',
          path: dockerfile,
          line,
          column,
        });
      }
    }
    return findings;
  },
};

/** `source` names the repository, which stays true. */
const LITERAL =
  /^(?![ \t]*#)[^\n]*?(org\.opencontainers\.image\.(?:revision|version|created))["']?\s*=\s*["']?(?!\$)([^\s"'\\]+)/gim;
