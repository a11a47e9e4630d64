import { locateJson } from '@ameide/source-files/json';
import type { FoundPackage } from '@ameide/source-files/packages';
import type { Span } from '@ameide/source-files/text';
import { whereIs } from '../at-place.ts';
import { type ReleasedFacts, tableAt } from '../facts.ts';
import type { FileReader } from '../file-reader.ts';
import type { Finding, Rule } from '../finding.ts';
import { publishedInScript } from '../workflows/publish-commands.ts';

const NAME = 'other-publisher';

export const OTHER_PUBLISHER: Rule<ReleasedFacts> = {
  name: NAME,
  title: 'No other tool or script is set up to publish or to tag.',
  why: 'A second tool gives the same commit another version, moves latest or the tag by its own rules, and publishes some artifacts without the others.',
  async find({ packages, reader }) {
    const findings: Finding[] = [];
    for (const path of reader.paths) findings.push(...(await toolsFile(path, reader)));
    for (const one of packages)
      if (one.ecosystem === 'npm') findings.push(...(await inManifest(one, reader)));
    return findings;
  },
};

/** Files that a tool reads in order to publish. */
const TOOLS: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\/)(?:\.releaserc(?:\.(?:json|ya?ml|[cm]?[jt]s))?)$/, 'semantic-release'],
  [/^release-please-config\.json$/, 'release-please'],
  [/^\.release-please-manifest\.json$/, 'release-please'],
  [/(?:^|\/)\.release-it(?:\.(?:json|ya?ml|toml|[cm]?[jt]s))?$/, 'release-it'],
  [/^\.?auto(?:rc|\.config)(?:\.(?:json|[cm]?[jt]s))?$/, 'auto'],
  [
    /(?:^|\/)\.?standard-version(?:rc)?(?:\.(?:json|c?js))?$|(?:^|\/)\.versionrc(?:\.(?:json|c?js))?$/,
    'standard-version',
  ],
  [/(?:^|\/)\.bumpversion\.(?:cfg|toml)$/, 'bump-my-version'],
];

async function toolsFile(path: string, reader: FileReader): Promise<readonly Finding[]> {
  const [, tool] = TOOLS.find(([file]) => file.test(path)) ?? [];
  if (tool === undefined || !reader.has(path)) return inSection(path, reader);
  // The manifest belongs to the configuration, which is reported.
  if (path === '.release-please-manifest.json' && reader.has('release-please-config.json'))
    return [];
  return [
    {
      rule: NAME,
      message: `${tool} is set up here: it decides versions and publishes by its own rules.`,
      hint: `Delete the file and the step that runs ${tool}; ameide-release publish does its part.`,
      path,
    },
  ];
}

/** Parts of other files that set up a tool which also does something else. */
const SECTIONS: readonly (readonly [RegExp, readonly string[], string])[] = [
  [/(?:^|\/)nx\.json$/, ['release'], 'nx release'],
  [/(?:^|\/)lerna\.json$/, ['command', 'publish'], 'lerna publish'],
  [/(?:^|\/)lerna\.json$/, ['command', 'version'], 'lerna version'],
  [/(?:^|\/)pyproject\.toml$/, ['tool', 'semantic_release'], 'python-semantic-release'],
  [/(?:^|\/)pyproject\.toml$/, ['tool', 'bumpversion'], 'bump-my-version'],
];

/** Of several commands of one tool the first is enough. */
async function inSection(path: string, reader: FileReader): Promise<readonly Finding[]> {
  for (const [file, section, tool] of SECTIONS) {
    if (!file.test(path)) continue;
    const text = (await reader.text(path)) ?? '';
    const place = path.endsWith('.json')
      ? sectionInJson(text, section)
      : await sectionInToml(path, section, reader);
    if (place === undefined) continue;
    return [
      {
        rule: NAME,
        message: `${tool} is set up here: it decides versions and publishes by its own rules.`,
        hint: `Remove ${section.join('.')} and the step that runs ${tool}; ameide-release publish does its part.`,
        ...whereIs(path, text, place),
      },
    ];
  }
  return [];
}

/** nx.json may have comments. */
function sectionInJson(text: string, section: readonly string[]): Span | undefined {
  const { pair, value } = locateJson(text, section) ?? {};
  const isSet = value !== undefined && /^\{\s*[^\s}]/.test(text.slice(value.start, value.end));
  return isSet ? pair : undefined;
}

async function sectionInToml(
  path: string,
  section: readonly string[],
  reader: FileReader,
): Promise<Span | undefined> {
  const table = tableAt(await reader.toml(path), ...section);
  if (Object.keys(table).length === 0) return undefined;
  const text = (await reader.text(path)) ?? '';
  const start = text.search(new RegExp(String.raw`^\[+${section.join(String.raw`\.`)}\b`, 'm'));
  return { start: Math.max(0, start), end: Math.max(0, start) };
}

/** Fields of a package.json that set up such a tool. */
const FIELDS: Readonly<Record<string, string>> = {
  'release-it': 'release-it',
  'standard-version': 'standard-version',
};

async function inManifest(
  { manifest }: FoundPackage,
  reader: FileReader,
): Promise<readonly Finding[]> {
  const json = (await reader.json(manifest)) ?? {};
  const text = (await reader.text(manifest)) ?? '';
  const at = (path: readonly string[]): ReturnType<typeof whereIs> =>
    whereIs(manifest, text, locateJson(text, path)?.pair);
  const fields = Object.entries(FIELDS).filter(([field]) => Object.hasOwn(json, field));
  const release = tableAt(json, 'release');
  const isSemanticRelease = 'branches' in release || 'plugins' in release;
  return [
    ...[...fields, ...(isSemanticRelease ? [['release', 'semantic-release'] as const] : [])].map(
      ([field, tool]): Finding => ({
        rule: NAME,
        message: `${tool} is set up here: it decides versions and publishes by its own rules.`,
        hint: `Remove the field and the step that runs ${tool}; ameide-release publish does its part.`,
        ...at([field]),
      }),
    ),
    ...Object.entries(tableAt(json, 'scripts')).flatMap(([name, script]): Finding[] => {
      const command = typeof script === 'string' ? publishedInScript(script) : undefined;
      if (command === undefined) return [];
      return [
        {
          rule: NAME,
          message: `The script ${name} runs ${command}.`,
          hint: 'Remove the script, or let it run ameide-release publish --dry-run.',
          ...at(['scripts', name]),
        },
      ];
    }),
  ];
}
