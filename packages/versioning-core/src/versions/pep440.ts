// PEP 440, appendix B, and `packaging.version.VERSION_PATTERN`: what a parser accepts before it
// normalises.
const PEP440 = new RegExp(
  [
    '^v?(?:(?<epoch>[0-9]+)!)?(?<release>[0-9]+(?:\\.[0-9]+)*)',
    '(?:[-_.]?(?<preL>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<preN>[0-9]+)?)?',
    '(?<post>-(?<postN1>[0-9]+)|[-_.]?(?:post|rev|r)[-_.]?(?<postN2>[0-9]+)?)?',
    '(?<dev>[-_.]?dev[-_.]?(?<devN>[0-9]+)?)?',
    '(?:\\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?$',
  ].join(''),
  'i',
);

const PRE: Readonly<Record<string, string>> = {
  alpha: 'a',
  beta: 'b',
  preview: 'rc',
  pre: 'rc',
  c: 'rc',
};

/**
 * Returns the normal form of a Python version (PEP 440, "Normalization"): `0.1.0-rc.1` gives
 * `0.1.0rc1`. Returns undefined if it is not a version.
 */
export function normalisePep440(version: string): string | undefined {
  const parts = version.length <= 256 ? PEP440.exec(version)?.groups : undefined;
  if (parts === undefined) return undefined;
  const { epoch = '0', release = '', preL, preN, post, postN1, postN2, dev, devN, local } = parts;
  const letter = preL?.toLowerCase();
  return [
    integer(epoch) === '0' ? '' : `${integer(epoch)}!`,
    release.split('.').map(integer).join('.'),
    letter === undefined ? '' : (PRE[letter] ?? letter) + integer(preN),
    post === undefined ? '' : `.post${integer(postN1 ?? postN2)}`,
    dev === undefined ? '' : `.dev${integer(devN)}`,
    local === undefined ? '' : `+${local.toLowerCase().split(/[-_.]/).map(localSegment).join('.')}`,
  ].join('');
}

function integer(digits = '0'): string {
  return BigInt(digits).toString();
}

function localSegment(segment: string): string {
  return /^[0-9]+$/.test(segment) ? integer(segment) : segment;
}
