/** The two formats of the Simple API. */
export type SimpleFormat = 'json' | 'html';

const FORMATS: Readonly<Record<string, SimpleFormat>> = {
  'application/vnd.pypi.simple.v1+json': 'json',
  'application/vnd.pypi.simple.latest+json': 'json',
  'application/vnd.pypi.simple.v1+html': 'html',
  'application/vnd.pypi.simple.latest+html': 'html',
  'text/html': 'html',
};

export interface Choice {
  readonly format: SimpleFormat;
  readonly contentType: string;
}

/**
 * Chooses a format by the `Accept` header (PEP 691 § Version + Format Selection, RFC 9110 §12.5.1).
 * Without one, and for wildcards, chooses `text/html`, as PyPI does. Returns `undefined` if the
 * client accepts neither format.
 */
export function negotiate(accept: string | undefined): Choice | undefined {
  const wanted = (accept ?? '*/*')
    .split(',')
    .map(parseRange)
    .filter((range) => range.quality > 0)
    .sort((left, right) => right.quality - left.quality);
  for (const { type } of wanted) {
    if (type === '*/*' || type === 'text/*')
      return { format: 'html', contentType: 'text/html; charset=utf-8' };
    const format = Object.hasOwn(FORMATS, type) ? FORMATS[type] : undefined;
    if (format === undefined) continue;
    return {
      format,
      contentType:
        type === 'text/html' ? 'text/html; charset=utf-8' : type.replace('.latest+', '.v1+'),
    };
  }
  return undefined;
}

function parseRange(item: string): { type: string; quality: number } {
  const [type = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
  const given = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  const quality = given === undefined ? 1 : Number(given);
  return { type, quality: Number.isFinite(quality) ? quality : 0 };
}
