import { isPublicPypi } from './index-address.ts';

/** What to do about a requirement by address. */
export const REFERENCE_HINT: string =
  'Require it by name and version range in [project] dependencies ("models>=1.0"); a path or an address for development may stand beside it, in tool.uv.sources or tool.poetry.dependencies.';

/**
 * Why nobody could install a distribution with this requirement (PEP 508: `models @
 * file:///srv/models`), or the index would not take it, in words that continue "pypi:sdk …";
 * undefined when neither is so. The address is not told: it names a folder of this machine, or may
 * hold a password. PyPI takes no direct references at all
 * (https://packaging.python.org/en/latest/specifications/version-specifiers/#direct-references).
 */
export function directReference(requirement: string, uploadUrl: string): string | undefined {
  const [, name, address] =
    /^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*@\s*(.*)/s.exec(requirement) ?? [];
  if (name === undefined || address === undefined) return undefined;
  const scheme = (/^([A-Za-z][A-Za-z0-9+.-]*):/.exec(address)?.[1] ?? '').toLowerCase();
  if (/^(?:\w+\+)?file$|^$/.test(scheme))
    return `requires ${name} from a folder of the machine that builds it`;
  if (!isPublicPypi(uploadUrl)) return undefined;
  return `requires ${name} @ ${scheme}:…, and ${new URL(uploadUrl).hostname} takes no requirement by address`;
}
