import { type CoreMetadata, metadataValue } from '../distribution/metadata.ts';

/** One text field of the upload form; names repeat for lists. */
export type FormField = readonly [name: string, value: string];

/** What the form says about the file itself. */
export interface UploadedFile {
  readonly kind: 'wheel' | 'sdist';
  /** A wheel's python tag; `source` for an sdist. */
  readonly pythonTag: string;
  /** Hex. */
  readonly sha256: string;
  /** BLAKE2b with 32 bytes of output, hex. */
  readonly blake2b256: string;
}

// The form's names that differ from "lower case, `-` to `_`" (warehouse/forklift/metadata.py;
// twine's package.py).
const FORM_NAME: Readonly<Record<string, string>> = {
  classifier: 'classifiers',
  'project-url': 'project_urls',
};

const METADATA_FIELDS: ReadonlySet<string> = new Set(
  (
    'metadata-version name version platform summary description keywords home-page author author-email license supported-platform ' +
    'download-url classifier requires provides obsoletes maintainer maintainer-email requires-dist provides-dist obsoletes-dist ' +
    'requires-python requires-external project-url description-content-type provides-extra dynamic license-expression license-file'
  ).split(' '),
);

/**
 * Returns the text fields of PyPI's upload form (legacy upload API), in twine's order: metadata,
 * file, action.
 */
export function uploadFields(metadata: CoreMetadata, file: UploadedFile): readonly FormField[] {
  return [
    ...metadataFields(metadata),
    ['pyversion', file.pythonTag],
    ['filetype', file.kind === 'wheel' ? 'bdist_wheel' : 'sdist'],
    ['sha256_digest', file.sha256],
    ['blake2_256_digest', file.blake2b256],
    [':action', 'file_upload'],
    ['protocol_version', '1'],
  ];
}

function metadataFields(metadata: CoreMetadata): readonly FormField[] {
  // setuptools writes License-File into metadata older than 2.4, which does not allow it; twine
  // also leaves it out (twine#1216).
  const knowsLicenseFile = Number(metadataValue(metadata, 'metadata-version') ?? '0') >= 2.4;
  const fields = metadata.fields
    .filter(([name]) => METADATA_FIELDS.has(name) && (name !== 'license-file' || knowsLicenseFile))
    .map(
      ([name, value]): FormField => [FORM_NAME[name] ?? name.replaceAll('-', '_'), value.trim()],
    );
  const described = metadata.fields.some(([name]) => name === 'description');
  return described || metadata.body.trim() === ''
    ? fields
    : [...fields, ['description', metadata.body]];
}
