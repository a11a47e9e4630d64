import { type Flaw, installerFlaw, pypiFlaw, quoted } from './flaw.ts';

// The platforms that PyPI takes: warehouse/forklift/legacy.py, `_valid_platform_tag`.
const MAC_ARCHES = 'ppc|ppc64|i386|x86_64|arm64|intel|fat|fat3|fat64|universal|universal2';
const LINUX_ARCHES = 'x86_64|i686|aarch64|armv7l|ppc64le|s390x|riscv64';
const PLATFORMS: readonly RegExp[] = [
  /^(?:any|win32|win_(?:arm64|amd64|ia64)|linux_armv[67]l)$/,
  /^manylinux(?:1|2010)_(?:x86_64|i686)$/,
  /^manylinux2014_(?:x86_64|i686|aarch64|armv7l|ppc64|ppc64le|s390x)$/,
  new RegExp(`^macosx_(?:10_\\d+|(?:1[1-5]|26)_0)_(?:${MAC_ARCHES})$`),
  new RegExp(`^manylinux_\\d+_\\d+_(?:${LINUX_ARCHES}|ppc64)$`),
  new RegExp(`^musllinux_\\d+_\\d+_(?:${LINUX_ARCHES})$`),
  /^ios_\d+_\d+_(?:arm64|x86_64)_(?:iphoneos|iphonesimulator)/,
  /^android_\d+_(?:armeabi_v7a|arm64_v8a|x86|x86_64)$/,
  /^pyemscripten_\d+_\d+_wasm32/,
];

/**
 * Returns the flaws of a wheel's tags and build number. The name and version before them are the
 * plan's. Rules: `packaging.utils.parse_wheel_filename`, and PyPI's list of platforms.
 */
export function wheelNameFlaws(fileName: string): readonly Flaw[] {
  const parts = fileName.slice(0, -'.whl'.length).split('-');
  const [interpreters = '', abis = '', platforms = ''] = parts.slice(-3);
  const number = parts.length === 6 ? parts[2] : undefined;
  const all = [interpreters, abis, platforms].map((tags) => tags.toLowerCase().split('.'));
  const isComplete = all.flat().every((tag) => tag !== '');
  const unknown = (all[2] ?? []).filter((tag) => tag !== '' && !isPypiPlatform(tag));
  return [
    ...(number === undefined || /^\d/.test(number)
      ? []
      : [installerFlaw('file name', `its build number ${quoted(number)} begins with no digit`)]),
    ...(isComplete && all[0]?.every((tag) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(tag))
      ? []
      : [installerFlaw('file name', 'the tags in its name are incomplete')]),
    ...unknown.map((tag) =>
      pypiFlaw('platform', `its platform tag ${quoted(tag)} is none that PyPI takes`),
    ),
  ];
}

function isPypiPlatform(tag: string): boolean {
  return PLATFORMS.some((platform) => platform.test(tag));
}
