import type { PackageFacts } from '../facts.ts';
import type { Finding, Rule } from '../finding.ts';
import {
  inAddresses,
  inNetrc,
  inNpmrc,
  inPipConf,
  inPypirc,
  inYarnrc,
  type SecretFinder,
} from './written-logins.ts';

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
      // Never the token itself.
      for (const line of linesAt(text, kind.find(text)))
        findings.push({ rule: NAME, message: kind.message, hint: kind.hint, path, line });
    }
    return findings;
  },
};

/** The lines of offsets, each once, in one pass: a file may have thousands. */
function linesAt(text: string, offsets: readonly number[]): ReadonlySet<number> {
  const lines = new Set<number>();
  let [at, line] = [0, 1];
  for (const offset of offsets.toSorted((one, other) => one - other)) {
    line += text.slice(at, offset).split('\n').length - 1;
    at = offset;
    lines.add(line);
  }
  return lines;
}

interface Kind {
  readonly find: SecretFinder;
  readonly message: string;
  readonly hint: string;
}

const REVOKE =
  'Revoke the token at the registry now: taking it out of the file does not take it out of the history. Then';

const NPMRC: Kind = {
  find: inNpmrc,
  message: 'A token for an npm registry is written here.',
  hint: `${REVOKE} write _authToken=\${NPM_TOKEN}, or nothing: ameide-release takes NPM_TOKEN, or the identity of the job.`,
};

const YARNRC: Kind = {
  find: inYarnrc,
  message: 'A token for an npm registry is written here.',
  hint: `${REVOKE} write npmAuthToken: "\${NPM_TOKEN-}".`,
};

const PYPIRC: Kind = {
  find: inPypirc,
  message: 'A password or token for a Python index is written here.',
  hint: `${REVOKE} delete the file from the repository: ameide-release uses the identity of the job, or PYPI_TOKEN.`,
};

const INDEX: Kind = {
  find: inAddresses,
  message: 'The address of a package index has a password or token.',
  hint: `${REVOKE} write the address without it: pip and uv take logins from the environment, a keyring or a .netrc outside of the repository.`,
};

const NETRC: Kind = {
  find: inNetrc,
  message: 'A password or token is written here.',
  hint: `${REVOKE} delete the file from the repository: it belongs into the home folder.`,
};

const FILES: readonly (readonly [RegExp, Kind])[] = [
  [/(?:^|\/)\.npmrc$/, NPMRC],
  [/(?:^|\/)\.yarnrc\.yml$/, YARNRC],
  [/(?:^|\/)\.pypirc$/, PYPIRC],
  [/(?:^|\/)pip\.(?:conf|ini)$/, { ...INDEX, find: inPipConf }],
  [/(?:^|\/)(?:uv\.toml|pyproject\.toml|requirements[^/]*\.txt)$/, INDEX],
  [/(?:^|\/)[._]netrc$/, NETRC],
];
