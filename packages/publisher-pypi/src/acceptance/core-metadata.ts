import { normalisePep440 } from '@ameide/versioning-core';
import { contentTypeFlaw } from './content-type.ts';
import { type Flaw, installerFlaw, pypiFlaw, quoted } from './flaw.ts';
import { type FormValues, projectUrls, single } from './form.ts';
import { licenseExpressionFlaw } from './license-expression.ts';
import { isRequirement, isSpecifierSet } from './requirement.ts';

/** The metadata versions that PyPI supports (warehouse/forklift/metadata.py). */
const VERSIONS: readonly string[] = '1.0 1.1 1.2 2.1 2.2 2.3 2.4 2.5'.split(' ');
/** The metadata version that introduced a field. */
const ADDED: Readonly<Record<string, readonly string[]>> = {
  '1.1': ['supported_platform', 'download_url', 'classifiers', 'requires', 'provides', 'obsoletes'],
  '1.2': [
    'maintainer',
    'maintainer_email',
    'requires_dist',
    'requires_python',
    'requires_external',
    'project_urls',
    'provides_dist',
    'obsoletes_dist',
  ],
  '2.1': ['description_content_type', 'provides_extra'],
  '2.2': ['dynamic'],
  '2.4': ['license_expression', 'license_file'],
};
const SINGLE: readonly string[] = [
  'metadata_version',
  'name',
  'version',
  'summary',
  'description',
  'home_page',
  'author',
  'author_email',
  'license',
  'license_expression',
  'download_url',
  'maintainer',
  'keywords',
  'maintainer_email',
  'requires_python',
  'description_content_type',
];
const NAME = /^[A-Z0-9](?:[A-Z0-9._-]*[A-Z0-9])?$/i;

/**
 * Returns what breaks the core metadata specification as `packaging.metadata` reads it. Installers
 * read names, versions and requirements; the rest is refused by pypi.org alone.
 */
export function coreMetadataFlaws(form: FormValues): readonly Flaw[] {
  return [
    ...versionFlaws(form),
    ...SINGLE.filter((name) => (form.get(name)?.length ?? 0) > 1).map((name) =>
      pypiFlaw(name, `its metadata has ${shown(name)} more than once`),
    ),
    ...installerFlaws(form),
    ...textFlaws(form),
    ...licenseFlaws(form),
    ...repeatedLabels(form),
  ];
}

function versionFlaws(form: FormValues): readonly Flaw[] {
  const version = single(form, 'metadata_version') ?? '';
  const age = VERSIONS.indexOf(version);
  if (age < 0)
    return [
      installerFlaw('metadata_version', `its metadata version ${quoted(version)} is unknown`),
    ];
  return Object.entries(ADDED)
    .filter(([added]) => VERSIONS.indexOf(added) > age)
    .flatMap(([added, names]) => names.filter((name) => form.has(name)).map((n) => [added, n]))
    .map(([added = '', name = '']) =>
      pypiFlaw(
        name,
        `${shown(name)} needs metadata version ${added}, and its version is ${version}`,
      ),
    );
}

function installerFlaws(form: FormValues): readonly Flaw[] {
  const wrong = (name: string, isRight: (text: string) => boolean): readonly Flaw[] =>
    (form.get(name) ?? [])
      .filter((value) => !isRight(value))
      .map((value) => installerFlaw(name, `its ${shown(name)} ${quoted(value)} is invalid`));
  return [
    ...(['name', 'version'] as const)
      .filter((name) => !form.has(name))
      .map((name) => installerFlaw(name, `its metadata has no ${shown(name)}`)),
    ...wrong('name', (text) => NAME.test(text)),
    ...wrong('version', (text) => normalisePep440(text) !== undefined),
    ...wrong('requires_python', isSpecifierSet),
    ...wrong('requires_dist', isRequirement),
    ...wrong('provides_extra', (text) => NAME.test(text)),
  ];
}

function textFlaws(form: FormValues): readonly Flaw[] {
  const summary = single(form, 'summary') ?? '';
  const type = single(form, 'description_content_type');
  const why = type === undefined ? undefined : contentTypeFlaw(type);
  const fixed = (form.get('dynamic') ?? []).filter((text) =>
    /^(?:name|version|metadata-version)$/i.test(text),
  );
  return [
    // The boundaries of Python's str.splitlines.
    ...(/[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/.test(summary)
      ? [pypiFlaw('summary', 'its Summary has more than one line')]
      : []),
    ...(why === undefined
      ? []
      : [
          pypiFlaw(
            'description_content_type',
            `its Description-Content-Type ${quoted(type ?? '')} is invalid: ${why}`,
          ),
        ]),
    ...fixed.map((text) => pypiFlaw('dynamic', `it declares ${text} as Dynamic`)),
  ];
}

function licenseFlaws(form: FormValues): readonly Flaw[] {
  const expression = single(form, 'license_expression');
  const why = expression === undefined ? undefined : licenseExpressionFlaw(expression);
  const paths = (form.get('license_file') ?? []).filter(
    (path) =>
      path.includes('..') || /^(?:\/|[A-Za-z]:)|[*\\]|\/\/|\/$|^\.\/|\/\.(?:\/|$)/.test(path),
  );
  return [
    ...(why === undefined
      ? []
      : [
          pypiFlaw(
            'license_expression',
            `its License-Expression ${quoted(expression ?? '')} is invalid: ${why}`,
          ),
        ]),
    ...paths.map((path) =>
      pypiFlaw('license_file', `its License-File ${quoted(path)} is no plain relative path`),
    ),
  ];
}

function repeatedLabels(form: FormValues): readonly Flaw[] {
  const labels = projectUrls(form).map(([label]) => label);
  const repeated = labels.filter((label, index) => labels.indexOf(label) < index);
  return [...new Set(repeated)].map((label) =>
    pypiFlaw('project_urls', `it has two project URLs with the label ${quoted(label)}`),
  );
}

/** `requires_dist` becomes `Requires-Dist`. */
function shown(name: string): string {
  const field = { classifiers: 'classifier', project_urls: 'project-url' }[name] ?? name;
  return field
    .replace(/[a-z]+/g, (word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .replaceAll('_', '-');
}
