import { readFileSync } from 'node:fs';
import { createPolicy, type DeployPolicy, type Pin } from '../../src/index.ts';

export const WWW = '71e210beab37b68546d56dceccba18f09264ecc3';
export const SDK = 'c0ffee0123456789abcdef0123456789abcdef01';
/** A commit that YAML would read as a number. */
const DIGITS = '1234567890123456789012345678901234567890';

export function digest(letter: string): string {
  return `sha256:${letter.repeat(64)}`;
}

const NAMES: Readonly<Record<string, string>> = {
  $WD: digest('a'),
  $SD: digest('b'),
  $AD: digest('c'),
  $OLDD: digest('0'),
  $W: WWW,
  $S: SDK,
  $N: DIGITS,
  $OLD: '00000000000000000000000000000000000000ff',
};

export const POLICY: DeployPolicy = createPolicy({
  images: ['ghcr.io/acme/*'],
  environments: {
    strict: { tags: ['release'], digest: 'required', annotation: 'required' },
    digests: { tags: [] },
  },
  places: [
    { kind: 'Widget', podTemplates: ['spec.pods[*]'] },
    { kind: 'Widget', images: ['spec.runner.image', 'spec.sidecars[*].image'] },
    { files: '/charts/api/values.yaml', images: ['image.name'], annotations: 'podAnnotations' },
  ],
});

/** `www` and `api` are of one commit; nobody pins `job`. */
export const PINS: readonly Pin[] = [
  { name: 'ghcr.io/acme/www', tag: '1.2.3', digest: digest('a'), sha: WWW },
  { name: 'ghcr.io/acme/api', tag: '1.2.3', digest: digest('c'), sha: WWW },
  { name: 'ghcr.io/acme/sdk', tag: '2.0.0', digest: digest('b'), sha: SDK },
];

export const COMMIT_PINS: readonly Pin[] = [
  { name: 'ghcr.io/acme/digits', tag: DIGITS, sha: DIGITS },
];

export interface Style {
  readonly title: string;
  readonly path: string;
  readonly environment: string;
  readonly before: string;
  readonly after: string;
}

/** Replaces the short names of commits and digests. */
export function full(text: string): string {
  return text.replaceAll(/\$[A-Z]+\b/g, (name) => NAMES[name] ?? name);
}

/** Reads `styles.txt`, which says how it is written. */
export function readStyles(): readonly Style[] {
  const text = readFileSync(new URL('styles.txt', import.meta.url), 'utf8');
  return text.split(/^=== /m).slice(1).map(readStyle);
}

function readStyle(section: string): Style {
  const [head = '', ...lines] = section.trimEnd().split('\n');
  const options = Array.from(head.matchAll(/\[([^\]]+)\]/g), ([, option = '']) => option);
  const value = (name: string): string | undefined =>
    options.find((option) => option.startsWith(`${name}=`))?.slice(name.length + 1);
  const text = (mark: string): string => {
    const kept = lines.filter((line) => !line.startsWith(mark)).map((line) => line.slice(1));
    const eol = options.includes('crlf') ? '\r\n' : '\n';
    const end = options.includes('no-eol') ? '' : eol;
    return `${options.includes('bom') ? '\uFEFF' : ''}${full(kept.join(eol))}${end}`;
  };
  return {
    title: head,
    path: value('path') ?? 'manifest.yaml',
    environment: value('env') ?? 'production',
    before: text('+'),
    after: text('-'),
  };
}
