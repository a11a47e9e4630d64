import { isScalar, type Node, type Scalar } from 'yaml';

// How kubectl, Helm and the API server read scalars: sigs.k8s.io/yaml 1.6, whose reader is
// https://github.com/yaml/go-yaml/blob/v2.4.2/resolve.go. It makes JSON of what it reads.

/** Values that have no quotes and are something else than text. The rest are numbers. */
const WORD =
  /^(?:|~|null|Null|NULL|y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF|true|True|TRUE|false|False|FALSE|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const WHOLE = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** Numbers of more characters than this are no 64-bit integers, nor finite. */
const MAX_NUMBER = 2000;

/** True for text that needs quotes to stay text. */
export function needsQuotes(text: string): boolean {
  return WORD.test(text) || isNumber(text);
}

function isNumber(text: string): boolean {
  if (!/^[-+.0-9]/.test(text) || text.length > MAX_NUMBER) return false;
  // After a point, Go reads the number itself, and ignores underscores between digits alone.
  const bare = text.replaceAll(text.startsWith('.') ? /(?<=\d)_(?=\d)/g : /_/g, '');
  if (WHOLE.test(bare) && isInteger(bare)) return true;
  // 1e999 is text: it is beyond what a float can hold.
  return FLOAT.test(bare) && Number.isFinite(Number(bare));
}

/** Whether 64 bits hold an integer, as `strconv.ParseInt(text, 0, 64)` and `ParseUint` ask. */
function isInteger(bare: string): boolean {
  const digits = BigInt(bare.replace(/^[-+]/, '').replace(/^0(?=[0-7]+$)/, '0o'));
  if (bare.startsWith('-')) return digits <= 2n ** 63n;
  return digits < (bare.startsWith('+') ? 2n ** 63n : 2n ** 64n);
}

const CORE = 'tag:yaml.org,2002:';

/** True for the tags that YAML itself defines: `!!int`, `!!binary`. */
export function isCoreTag(tag: string | undefined): tag is string {
  return tag?.startsWith(CORE) === true;
}

/**
 * The text of a scalar; undefined for what Kubernetes would not read as text. Its reader ignores tags
 * that it does not know.
 */
export function textOf(node: Node | undefined): string | undefined {
  if (!isScalar(node)) return undefined;
  const { tag, type, value } = node as Scalar<string>;
  if (isCoreTag(tag)) return tag === `${CORE}str` ? value : undefined;
  return tag === undefined && type === 'PLAIN' && needsQuotes(value) ? undefined : value;
}

/** True for the key `<<` that merges: without quotes, or with the tag `!!merge`. */
export function isMergeKey(key: unknown): boolean {
  if (!isScalar(key) || key.value !== '<<') return false;
  return key.tag === `${CORE}merge` || (key.tag === undefined && key.type === 'PLAIN');
}
