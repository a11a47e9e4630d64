import { isPublicPypi } from './index-address.ts';

/** The hint for a requirement by address. */
export const REFERENCE_HINT: string =
  'Require it by name and version range in [project] dependencies ("models>=1.0"); for development you may add a path or an address in tool.uv.sources or tool.poetry.dependencies.';

/**
 * Returns why nobody could install a distribution with this requirement (PEP 508: `models @
 * file:///srv/models`), or why the index would refuse it; undefined if neither is true. The text
 * continues "pypi:sdk …". Does not show the address, which names a folder of this machine or may
 * contain a password. PyPI accepts no direct references at all
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
  return `requires ${name} @ ${scheme}:…, and ${new URL(uploadUrl).hostname} accepts no requirement by address`;
}
