import { whereIs } from '../at-place.ts';
import type { ReleasedFacts } from '../facts.ts';
import type { FileFix, Finding, Rule } from '../finding.ts';
import { uvLockFixes } from './locked-versions.ts';
import { isPlaceholder, type StatedVersion, statedVersion } from './python-version.ts';

const NAME = 'python-placeholder';

export const PYTHON_PLACEHOLDER: Rule<ReleasedFacts> = {
  name: NAME,
  title: 'A Python project that is published states the placeholder version 0.0.0.',
  why: 'Each release derives the version from the commit and writes it while it builds. Another version in the source is a second truth that nobody keeps up to date, and that local builds and lockfiles take for the real one.',
  async find({ reader, release: { definition, published } }) {
    const findings: Finding[] = [];
    for (const { directory, ecosystem } of published) {
      if (ecosystem !== 'pypi' || directory === undefined) continue;
      const stated = await statedVersion(directory, reader);
      if (stated === undefined || isPlaceholder(stated.version)) continue;
      // The one file that may state it.
      if (stated.path === definition.versionFile) continue;
      findings.push(finding(stated, await uvLockFixes(directory, '0.0.0', reader)));
    }
    return findings;
  },
};

function finding({ path, span, text, version }: StatedVersion, locks: readonly FileFix[]): Finding {
  return {
    rule: NAME,
    message: `The source states the version ${version}.`,
    hint: 'Write the placeholder 0.0.0.',
    ...whereIs(path, text, span),
    fix: [{ path, edits: [{ ...span, text: '0.0.0' }] }, ...locks],
  };
}
