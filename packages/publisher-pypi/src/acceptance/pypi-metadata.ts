import { isMailField, isWebAddress } from './addresses.ts';
import known from './classifiers.json' with { type: 'json' };
import { type Flaw, pypiFlaw, quoted } from './flaw.ts';
import { type FormValues, projectUrls, single } from './form.ts';
import { isRequirement } from './requirement.ts';

const CLASSIFIERS: ReadonlySet<string> = new Set(known.valid);
const DEPRECATED: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(known.deprecated),
);
const LONGEST_SUMMARY = 512;
const LONGEST_LABEL = 32;
/** PEP 643, and what PyPI takes besides (warehouse/forklift/metadata.py, `DYNAMIC_FIELDS`). */
const DYNAMIC: ReadonlySet<string> = new Set(
  (
    'platform supported-platform summary description description-content-type keywords home-page download-url author author-email ' +
    'maintainer maintainer-email license license-expression license-file classifier requires-dist requires-python requires-external ' +
    'project-url provides-extra provides-dist obsoletes-dist requires provides obsoletes import-name import-namespace'
  ).split(' '),
);

/**
 * Returns what PyPI refuses beyond the core metadata specification: `_validate_metadata` of
 * warehouse/forklift/metadata.py. `allow`: classifiers that PyPI has added since our list was made.
 */
export function pypiMetadataFlaws(form: FormValues, allow: readonly string[]): readonly Flaw[] {
  return [
    ...textFlaws(form),
    ...classifierFlaws(form.get('classifiers') ?? [], allow),
    ...addressFlaws(form),
    ...distFlaws(form),
    ...(form.get('dynamic') ?? [])
      .filter((field) => !DYNAMIC.has(field.toLowerCase()))
      .filter((field) => !/^(?:name|version|metadata-version)$/i.test(field))
      .map((field) => pypiFlaw('dynamic', `it declares ${quoted(field)} as Dynamic`)),
  ];
}

function textFlaws(form: FormValues): readonly Flaw[] {
  const summary = countCharacters(single(form, 'summary') ?? '');
  const mails = [
    ['author_email', 'Author-email'],
    ['maintainer_email', 'Maintainer-email'],
  ] as const;
  return [
    ...(summary > LONGEST_SUMMARY
      ? [
          pypiFlaw(
            'summary',
            `its Summary has ${summary} characters, and ${LONGEST_SUMMARY} are allowed`,
          ),
        ]
      : []),
    ...mails
      .filter(([name]) => !isMailField(single(form, name) ?? ''))
      .map(([name, field]) =>
        pypiFlaw(name, `its ${field} ${quoted(single(form, name) ?? '')} is no email address`),
      ),
    ...(form.has('license') && form.has('license_expression')
      ? [pypiFlaw('license', 'it has both License and License-Expression')]
      : []),
  ];
}

function classifierFlaws(
  classifiers: readonly string[],
  allow: readonly string[],
): readonly Flaw[] {
  return [...new Set(classifiers)]
    .filter((one) => !CLASSIFIERS.has(one) && !allow.includes(one))
    .map((one) => {
      const instead = DEPRECATED.get(one);
      if (instead === undefined)
        return pypiFlaw('classifiers', `its classifier ${quoted(one)} is unknown`);
      const use = instead.length > 0 ? `: use ${instead.map(quoted).join(' or ')}` : '';
      return pypiFlaw('classifiers', `its classifier ${quoted(one)} is deprecated${use}`);
    });
}

function addressFlaws(form: FormValues): readonly Flaw[] {
  const pages = [
    ['home_page', 'Home-page'],
    ['download_url', 'Download-URL'],
  ] as const;
  return [
    ...pages
      .filter(([name]) => form.has(name) && !isWebAddress(single(form, name) ?? ''))
      .map(([name, field]) =>
        pypiFlaw(
          name,
          `its ${field} ${quoted(single(form, name) ?? '')} is no http or https address`,
        ),
      ),
    ...projectUrls(form).flatMap(([label, url]) => {
      const why = projectUrlFlaw(label, url);
      return why === undefined ? [] : [pypiFlaw('project_urls', why)];
    }),
  ];
}

function projectUrlFlaw(label: string, url: string): string | undefined {
  if (label === '') return `its project URL ${quoted(url)} has no label`;
  const length = countCharacters(label);
  if (length > LONGEST_LABEL)
    return `the label of its project URL ${quoted(label)} has ${length} characters, and ${LONGEST_LABEL} are allowed`;
  if (url === '') return `its project URL ${quoted(label)} has no address`;
  return isWebAddress(url)
    ? undefined
    : `its project URL ${quoted(label)} is no http or https address: ${quoted(url)}`;
}

function distFlaws(form: FormValues): readonly Flaw[] {
  return (['provides_dist', 'obsoletes_dist'] as const).flatMap((name) =>
    (form.get(name) ?? [])
      .filter((text) => !isRequirement(text) || /^[^;'"]*@/.test(text))
      .map((text) => pypiFlaw(name, `its ${name.replace('_', '-')} ${quoted(text)} is invalid`)),
  );
}

/** Counts as Python's `len` does: code points. */
function countCharacters(text: string): number {
  return Array.from(text).length;
}
