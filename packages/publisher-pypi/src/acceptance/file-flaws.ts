import type { CoreMetadata } from '../distribution/metadata.ts';
import { uploadFields } from '../upload/form-fields.ts';
import { sdistFlaws, wheelFlaws } from './archive-flaws.ts';
import { mediaType } from './content-type.ts';
import { coreMetadataFlaws } from './core-metadata.ts';
import { type Flaw, pypiFlaw } from './flaw.ts';
import { formValues, single } from './form.ts';
import { pypiMetadataFlaws } from './pypi-metadata.ts';
import type { Rendering } from './render-rst.ts';
import { rstFlaw } from './rst-flaw.ts';

export interface BuiltFile {
  readonly name: string;
  readonly kind: 'wheel' | 'sdist';
  readonly pythonTag: string;
  readonly bytes: Uint8Array;
  readonly metadata: CoreMetadata;
}

/** What to hold a built file against. */
export interface Acceptance {
  /** True for pypi.org and test.pypi.org. */
  readonly isPypi: boolean;
  /** Classifiers to take although we do not know them. */
  readonly allow: readonly string[];
  /** Renders a reStructuredText. */
  readonly render: (text: string) => Promise<Rendering>;
}

/**
 * Returns everything that the index refuses about a built file. PyPI judges the upload form, which
 * repeats the file's metadata, and then the archive. Throws `ArchiveError`.
 */
export async function fileFlaws(file: BuiltFile, rules: Acceptance): Promise<readonly Flaw[]> {
  const digests = { sha256: '', blake2b256: '' };
  const form = formValues(uploadFields(file.metadata, { ...file, ...digests }));
  const archive = { ...file, licenseFiles: form.get('license_file') ?? [] };
  const flaws = [
    ...coreMetadataFlaws(form),
    ...(rules.isPypi ? pypiMetadataFlaws(form, rules.allow) : []),
    ...(file.kind === 'wheel' ? wheelFlaws(archive) : await sdistFlaws(archive)),
  ];
  if (!rules.isPypi) return flaws.filter(({ everywhere }) => everywhere);
  const description = single(form, 'description') ?? '';
  const type = single(form, 'description_content_type') ?? 'text/x-rst';
  const why =
    description !== '' && mediaType(type) === 'text/x-rst'
      ? await unrendered(description, rules)
      : undefined;
  return why === undefined ? flaws : [...flaws, pypiFlaw('description', why)];
}

/** Only reStructuredText can fail to render. It is also what a description without a type is. */
async function unrendered(text: string, { render }: Acceptance): Promise<string | undefined> {
  const its = 'its description does not render as reStructuredText';
  const { rendered, reason } = await render(text);
  if (rendered === false) return `${its}: ${reason}`;
  const flaw = rendered === true ? undefined : rstFlaw(text);
  return flaw && `${its}: line ${flaw.line}: ${flaw.reason}`;
}
