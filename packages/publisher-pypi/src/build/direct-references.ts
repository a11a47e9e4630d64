import type { CoreMetadata } from '../distribution/metadata.ts';
import { isPublicPypi } from '../index-address.ts';

/** A requirement by address instead of by version (PEP 508: `models @ file:///srv/models`). */
interface DirectReference {
  readonly name: string;
  /** `file`, `https`, `git+ssh`; empty for a bare path. */
  readonly scheme: string;
}

/**
 * Why nobody could install the distribution, or the index would not take it, in words that continue
 * "The built x.whl …"; undefined when neither is so. The address is not told: it names a folder of
 * this machine, or may hold a password. PyPI takes no direct references at all
 * (https://packaging.python.org/en/latest/specifications/version-specifiers/#direct-references).
 */
export function directReference(metadata: CoreMetadata, uploadUrl: string): string | undefined {
  const found = metadata.fields.flatMap(([field, value]) =>
    field === 'requires-dist' ? parse(value) : [],
  );
  const local = found.find(({ scheme }) => /^(?:\w+\+)?file$|^$/.test(scheme));
  if (local !== undefined)
    return `requires ${local.name} from a folder of the machine that built it`;
  const [first] = found;
  if (first === undefined || !isPublicPypi(uploadUrl)) return undefined;
  return `requires ${first.name} @ ${first.scheme}:…, and ${new URL(uploadUrl).hostname} takes no requirement by address`;
}

function parse(requirement: string): DirectReference[] {
  const [, name, address] =
    /^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*@\s*(.*)/s.exec(requirement) ?? [];
  if (name === undefined || address === undefined) return [];
  return [{ name, scheme: (/^([A-Za-z][A-Za-z0-9+.-]*):/.exec(address)?.[1] ?? '').toLowerCase() }];
}
