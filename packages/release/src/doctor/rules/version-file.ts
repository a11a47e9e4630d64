import { InvalidInputError, parseBase } from '@ameide/versioning-core';
import { formOf } from '../../commit/version-file.ts';
import { sentence } from '../at-place.ts';
import type { ReleasedFacts } from '../facts.ts';
import type { Finding, Rule } from '../finding.ts';
import { versionWhere } from './version-place.ts';

const NAME = 'version-file';

export const VERSION_FILE: Rule<ReleasedFacts> = {
  name: NAME,
  title: 'The version file exists and states the base version, MAJOR.MINOR.PATCH.',
  why: 'Every version of every ecosystem is derived from this one; without it no commit can be released.',
  async find({ reader, release: { definition, file } }) {
    const { versionFile } = definition;
    if (versionFile === undefined) return [];
    const text = await reader.text(versionFile);
    if (text === undefined) return [noFile(versionFile, file)];
    const message = await flawOf(text, versionFile);
    if (message === undefined) return [];
    return [
      {
        rule: NAME,
        message,
        hint: 'Write the version that the next release is to have, for example 0.1.0: no v, no prerelease, no build metadata.',
        ...(await versionWhere(versionFile, text)),
      },
    ];
  },
};

function noFile(versionFile: string, path: string): Finding {
  return {
    rule: NAME,
    message: `The version file ${versionFile} is not in this repository.`,
    hint: 'Commit it, or correct versionFile in the definition.',
    path,
  };
}

async function flawOf(text: string, file: string): Promise<string | undefined> {
  try {
    const version = await formOf(file).read(text, file);
    if (version === undefined) return 'The version file states no version.';
    parseBase(version, file);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidInputError)
      return sentence(`The version file is wrong: ${error.message}`);
    throw error;
  }
}
