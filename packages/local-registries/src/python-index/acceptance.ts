import { askPython } from './python-opinion.ts';
import { badRequest } from './refusal.ts';

export const CORE_METADATA_HELP: string =
  'See https://packaging.python.org/specifications/core-metadata for more information.';
const DESCRIPTION_HELP =
  'See https://pypi.org/help/#description-content-type for more information.';
const CONTENT_TYPES: ReadonlySet<string> = new Set(['text/plain', 'text/x-rst', 'text/markdown']);
const PLATFORMS: readonly RegExp[] = [
  /^(?:any|win32|win_amd64|win_arm64|win_ia64|linux_armv6l|linux_armv7l)$/,
  /^manylinux(?:1|2010|2014)_\w+$/,
  /^(?:many|musl)linux_\d+_\d+_(?:x86_64|i686|aarch64|armv7l|ppc64|ppc64le|s390x|riscv64)$/,
  /^macosx_10_\d+_\w+$/,
  /^macosx_(?:11|12|13|14|15|26)_0_\w+$/,
  /^(?:ios|android|pyemscripten)_\d+/,
];

/**
 * Throws a 400 for metadata that public PyPI refuses, in its words (warehouse/forklift/metadata.py and
 * legacy.py, August 2026). Reads the description last, as PyPI does. It shares no code with the
 * publisher, which must find the same by itself.
 */
export async function checkMetadata(form: FormData): Promise<void> {
  const refused = formRefusal(form);
  if (refused !== undefined) throw badRequest(`${refused}. ${CORE_METADATA_HELP}`);
  const type = value(form, 'description_content_type');
  const description = value(form, 'description');
  const isRst = type === '' || mediaType(type) === 'text/x-rst';
  const opinion = await askPython({
    classifiers: values(form, 'classifiers'),
    requires_dist: values(form, 'requires_dist'),
    license_expression: value(form, 'license_expression'),
    description: isRst ? description : '',
  });
  if (opinion.metadata !== undefined)
    throw badRequest(`${opinion.metadata}. ${CORE_METADATA_HELP}`);
  if (opinion.isRendered !== false) return;
  throw badRequest(
    type === ''
      ? `The description failed to render in the default format of reStructuredText. ${DESCRIPTION_HELP}`
      : `The description failed to render for '${type}'. ${DESCRIPTION_HELP}`,
  );
}

/** Throws a 400 for a wheel of a platform that PyPI does not take. */
export function checkPlatform(fileName: string): void {
  const tags = /-([^-]+)\.whl$/.exec(fileName)?.[1]?.split('.') ?? [];
  const tag = tags.find((one) => !PLATFORMS.some((platform) => platform.test(one)));
  if (tag !== undefined)
    throw badRequest(`Binary wheel '${fileName}' has an unsupported platform tag '${tag}'.`);
}

function formRefusal(form: FormData): string | undefined {
  const summary = value(form, 'summary');
  const type = value(form, 'description_content_type');
  const isPrivate = values(form, 'classifiers').find((one) => one.startsWith('Private ::'));
  const direct = values(form, 'requires_dist').find((one) =>
    /^[\w.-]+\s*(?:\[.*?\])?\s*@/.test(one),
  );
  if (/[\n\r]/.test(summary)) return "'summary' must be a single line";
  if (summary.length > 512) return "'summary' field must be 512 characters or less";
  if (type !== '' && !CONTENT_TYPES.has(mediaType(type)))
    return `'description-content-type' must be one of ['text/plain', 'text/x-rst', 'text/markdown'], not '${type}'`;
  if (isPrivate !== undefined) return `'${isPrivate}' is not a valid classifier`;
  if (direct !== undefined) return `Can't have direct dependency: ${direct}`;
  if (value(form, 'license') !== '' && value(form, 'license_expression') !== '')
    return 'License is deprecated when License-Expression is present. Only License-Expression should be present';
  return addressRefusal(form);
}

function addressRefusal(form: FormData): string | undefined {
  const isAddress = (text: string): boolean => /^https?:/i.test(text);
  const pages = ['home_page', 'download_url'].map((name) => value(form, name));
  const page = pages.find((text) => text !== '' && !isAddress(text));
  if (page !== undefined) return `'${page}' is not a valid url`;
  for (const text of values(form, 'project_urls')) {
    const [, label = '', url = ''] = /^([^,]*),?\s*(.*)$/s.exec(text) ?? [];
    if (label.trim() === '') return 'Must have a label';
    if (label.trim().length > 32) return `'${label.trim()}' must be 32 characters or less`;
    if (url === '') return 'Must have a URL';
    if (!isAddress(url)) return `'${url}' is not a valid url`;
  }
  return undefined;
}

function mediaType(text: string): string {
  return (text.split(';')[0] ?? '').trim().toLowerCase();
}

function value(form: FormData, name: string): string {
  return values(form, name)[0] ?? '';
}

function values(form: FormData, name: string): readonly string[] {
  return form.getAll(name).filter((text) => typeof text === 'string' && text !== '') as string[];
}
