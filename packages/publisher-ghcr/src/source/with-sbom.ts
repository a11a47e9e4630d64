import { ok } from '@ameide/versioning-core';
import { takeSbom } from '../sbom/sbom-file.ts';
import type { ImageSource } from './source.ts';

/** Takes the SBOM of the image out of the checkout, once the image is built. */
export function withSbom(source: ImageSource): ImageSource {
  return {
    ...source,
    buildsFrom: source.buildsFrom === 'objects' ? 'checkout' : source.buildsFrom,
    async build(plan, step, registry) {
      const built = await source.build(plan, step, registry);
      if (built.value === undefined) return built;
      const sbom = await takeSbom(plan, step);
      return sbom.value === undefined ? sbom : ok({ ...built.value, sbom: sbom.value });
    },
  };
}
