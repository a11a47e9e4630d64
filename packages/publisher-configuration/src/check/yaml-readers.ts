/**
 * How readers of YAML understand a plain scalar without a tag. `time` is a date or a time, `error`
 * no value at all. Numbers are exact: `number:420`.
 */
export type Understood =
  | 'null'
  | 'text'
  | 'time'
  | 'error'
  | `boolean:${boolean}`
  | `number:${string}`;

/** A reader by its name, as people know it. */
export type ReaderName = 'PyYAML' | 'Go’s yaml.v3' | 'sigs.k8s.io/yaml (kubectl, Helm)';

/**
 * The readers that YAML 1.2 (its core schema, which we read by) is compared with. Their rules are
 * those of PyYAML 6.0 (resolver.py, constructor.py), gopkg.in/yaml.v3 3.0 (resolve.go) and
 * sigs.k8s.io/yaml 1.6, a yaml.v2; a test asks these themselves. ruamel.yaml has a value that
 * differs from 1.2 only where one of them does.
 */
export const READERS: Readonly<Record<ReaderName, (plain: string) => Understood>> = {
  PyYAML: pyYaml,
  'Go’s yaml.v3': goYaml,
  'sigs.k8s.io/yaml (kubectl, Helm)': kubernetes,
};

/** Names a number exactly; an infinity by its sign. */
export function numberText(value: number | bigint): `number:${string}` {
  const whole = typeof value === 'bigint' || !Number.isInteger(value) ? value : BigInt(value);
  return `number:${String(whole)}`;
}

const NULL = /^(?:~|null|Null|NULL|)$/;
const TRUE = /^(?:true|True|TRUE)$/;
const FALSE = /^(?:false|False|FALSE)$/;
const INFINITE = /^[-+]?\.(?:inf|Inf|INF)$/;
const NOT_A_NUMBER = /^\.(?:nan|NaN|NAN)$/;
/** YAML 1.1's further booleans, in the three spellings that it allows. */
const MORE_TRUE = /^(?:yes|Yes|YES|on|On|ON)$/;
const MORE_FALSE = /^(?:no|No|NO|off|Off|OFF)$/;

const PY_WHOLE =
  /^[-+]?(?:0b[0-1_]+|0[0-7_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*|[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const PY_FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)$/;
const PY_TIME =
  /^\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)(?<hour>\d\d?):(?<minute>\d\d):(?<second>\d\d)(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?$/;

function pyYaml(plain: string): Understood {
  if (MORE_TRUE.test(plain)) return 'boolean:true';
  if (MORE_FALSE.test(plain)) return 'boolean:false';
  // It knows the tags of these, and has no value for them.
  if (plain === '=' || plain === '<<') return 'error';
  if (/^\d{4}-\d\d-\d\d$/.test(plain)) return isDay(plain) ? 'time' : 'error';
  const time = PY_TIME.exec(plain)?.groups;
  if (time !== undefined) return isDay(plain) && isTime(time) ? 'time' : 'error';
  const [bare, base] = [plain.replaceAll('_', ''), plain.includes(':') ? 60 : 10];
  if (PY_WHOLE.test(plain)) return base === 60 ? sexagesimal(bare) : whole(bare);
  if (PY_FLOAT.test(plain)) return base === 60 ? sexagesimal(bare) : numberText(Number(bare));
  return common(plain);
}

const GO_FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const GO_TIME =
  /^\d{4}-\d\d?-\d\d?(?:[Tt](?=.*(?:Z|[-+]\d\d:\d\d)$)| (?!.*(?:Z|[-+]\d\d:\d\d)$))(?<hour>\d\d?):(?<minute>\d\d?):(?<second>\d\d?)(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)?$/;

function goYaml(plain: string): Understood {
  const time = GO_TIME.exec(plain)?.groups;
  if (/^\d{4}-\d\d?-\d\d?$/.test(plain) || time !== undefined)
    return isDay(plain, 0) && (time === undefined || isTime(time)) ? 'time' : 'text';
  return goNumber(plain) ?? common(plain);
}

function kubernetes(plain: string): Understood {
  if (MORE_TRUE.test(plain) || /^[yY]$/.test(plain)) return 'boolean:true';
  if (MORE_FALSE.test(plain) || /^[nN]$/.test(plain)) return 'boolean:false';
  // It makes JSON, which has no such numbers.
  if (INFINITE.test(plain) || NOT_A_NUMBER.test(plain)) return 'error';
  return goNumber(plain) ?? common(plain);
}

/** `strconv.ParseInt(plain, 0, 64)`, `ParseUint`, then a float, as resolve.go tries them. */
function goNumber(plain: string): Understood | undefined {
  if (!/^[-+.0-9]/.test(plain)) return undefined;
  // After a point, Go reads the number itself, and ignores underscores between digits alone.
  const bare = plain.replaceAll(plain.startsWith('.') ? /(?<=\d)_(?=\d)/g : /_/g, '');
  if (/^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/.test(bare)) {
    const value = integer(bare);
    const least = -(2n ** 63n);
    const most = /^[-+]/.test(bare) ? 2n ** 63n : 2n ** 64n;
    if (value !== undefined && value >= least && value < most) return numberText(value);
  }
  const float = GO_FLOAT.test(bare) ? Number(bare) : undefined;
  return float === undefined || !Number.isFinite(float) ? undefined : numberText(float);
}

function common(plain: string): Understood {
  if (NULL.test(plain)) return 'null';
  if (TRUE.test(plain)) return 'boolean:true';
  if (FALSE.test(plain)) return 'boolean:false';
  if (INFINITE.test(plain)) return numberText(plain.startsWith('-') ? -Infinity : Infinity);
  return NOT_A_NUMBER.test(plain) ? numberText(Number.NaN) : 'text';
}

function whole(bare: string): Understood {
  const value = integer(bare);
  return value === undefined ? 'error' : numberText(value);
}

/** Reads an integer with the prefix of its base; a leading 0 means octal. */
function integer(bare: string): bigint | undefined {
  const digits = bare.replace(/^[-+]/, '').replace(/^0(?=[0-7]+$)/, '0o');
  try {
    return bare.startsWith('-') ? -BigInt(digits) : BigInt(digits);
  } catch {
    return undefined;
  }
}

/** `1:30` is 90: each part counts sixty times the next. */
function sexagesimal(bare: string): Understood {
  const sign = bare.startsWith('-') ? -1 : 1;
  const value = bare
    .replace(/^[-+]/, '')
    .split(':')
    .reduce((sum, part) => sum * 60 + Number(part), 0);
  return numberText(sign * value);
}

function isDay(text: string, firstYear = 1): boolean {
  const [year = 0, month = 0, day = 0] = text.split(/[-Tt \t]/, 3).map(Number);
  if (year < firstYear || month < 1 || month > 12) return false;
  const date = new Date(0);
  date.setUTCFullYear(year, month, 0);
  return day >= 1 && day <= date.getUTCDate();
}

function isTime(time: Readonly<Record<string, string | undefined>>): boolean {
  const { hour, minute, second } = time;
  return Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
}
