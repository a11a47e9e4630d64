/**
 * The predicate types of an SBOM (in-toto Attestation Framework, spec/predicates: spdx2.md, spdx3.md and
 * cyclonedx.md). `cosign verify-attestation` knows the first as `--type spdxjson`, the last as
 * `--type cyclonedx`.
 */
export const SBOM_TYPES = {
  spdx: 'https://spdx.dev/Document',
  spdx3: 'https://spdx.dev/Document/v3',
  cyclonedx: 'https://cyclonedx.org/bom',
} as const;

/**
 * Recognises an SBOM by its contents, as its format demands them: SPDX 2 by `spdxVersion`, SPDX 3 by its
 * JSON-LD context, CycloneDX by `bomFormat`. Returns its predicate type; undefined for anything else.
 */
export function sbomTypeOf(document: unknown): string | undefined {
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    return undefined;
  const { bomFormat, spdxVersion, ...rest } = document as Readonly<Record<string, unknown>>;
  if (bomFormat === 'CycloneDX') return SBOM_TYPES.cyclonedx;
  if (typeof spdxVersion === 'string' && spdxVersion.startsWith('SPDX-2.')) return SBOM_TYPES.spdx;
  const contexts = [rest['@context']].flat();
  return contexts.some((one) => typeof one === 'string' && SPDX_3.test(one)) &&
    Array.isArray(rest['@graph'])
    ? SBOM_TYPES.spdx3
    : undefined;
}

/** SPDX 3, "Serialization": `https://spdx.org/rdf/3.0.1/spdx-context.jsonld`. */
const SPDX_3 = /^https:\/\/spdx\.org\/rdf\/3\.[\w.-]+\/spdx-context\.jsonld$/;
