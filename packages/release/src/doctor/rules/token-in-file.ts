import { placeAt } from '@ameide/source-files/text';
import type { PackageFacts } from '../facts.ts';
import type { Finding, Rule } from '../finding.ts';

const NAME = 'token-in-file';

export const TOKEN_IN_FILE: Rule<PackageFacts> = {
  name: NAME,
  title: 'No file of the repository has a token for a registry.',
  why: 'Everybody who can read the repository, or any earlier commit of it, can publish in your name.',
  async find({ reader }) {
    const findings: Finding[] = [];
    for (const path of reader.all) {
      const [, kind] = FILES.find(([file]) => file.test(path)) ?? [];
      if (kind === undefined) continue;
      const text = (await reader.text(path)) ?? '';
      for (const found of text.matchAll(kind.pattern)) {
        const start = found.index + found[0].lastIndexOf(found[1] ?? '');
        const { line } = placeAt(path, text, start, start);
        // Never the token itself.
        findings.push({ rule: NAME, message: kind.message, hint: kind.hint, path, line });
      }
    }
    return findings;
  },
};

interface Kind {
  readonly pattern: RegExp;
  readonly message: string;
  readonly hint: string;
}

const REVOKE =
  'Revoke the token at the registry now: taking it out of the file does not take it out of the history. Then';

/** A variable (`${NPM_TOKEN}`, `$NPM_TOKEN`) is not a token. */
const NPMRC: Kind = {
  pattern:
    /^[^#;\n]*:?(?:_authToken|_auth|_password)\s*=\s*["']?(?!\$\{?\w|["']?\s*$|<|x{3,}|\{\{|%)([^\s"'#;]{8,})/gm,
  message: 'A token for an npm registry is written here.',
  hint: `${REVOKE} write _authToken=\${NPM_TOKEN}, or nothing: ameide-release takes NPM_TOKEN, or the identity of the job.`,
};

const YARNRC: Kind = {
  pattern: /^\s*(?:npmAuthToken|npmAuthIdent):\s*["']?(?!\$\{?\w|["']?\s*$|<)([^\s"'#]{8,})/gm,
  message: 'A token for an npm registry is written here.',
  hint: `${REVOKE} write npmAuthToken: "\${NPM_TOKEN-}".`,
};

const PYPIRC: Kind = {
  pattern: /^\s*password\s*[=:]\s*(?!\$|<|%|$)(\S{4,})/gm,
  message: 'A password or token for a Python index is written here.',
  hint: `${REVOKE} delete the file from the repository: ameide-release uses the identity of the job, or PYPI_TOKEN.`,
};

const FILES: readonly (readonly [RegExp, Kind])[] = [
  [/(?:^|\/)\.npmrc$/, NPMRC],
  [/(?:^|\/)\.yarnrc\.yml$/, YARNRC],
  [/(?:^|\/)\.pypirc$/, PYPIRC],
];
