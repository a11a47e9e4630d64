import type { Carrier, PublisherDefinition } from '@ameide/versioning-core';
import { bundleCarrier } from './bundle/carrier.ts';
import type { PypiBundleOptions, PypiOptions } from './options.ts';
import { pypi as project } from './publisher.ts';

export interface Pypi {
  /**
   * Publishes the Python project in a directory to PyPI, or to another index with PyPI's upload
   * API. Throws `InvalidInputError` for wrong options; `open` throws it for a pyproject.toml that
   * cannot be published.
   */
  (options: PypiOptions): PublisherDefinition;
  /**
   * Carries another publisher's files as the project `name`: a wheel and an sdist of one Python
   * package with the files as its data, made without Python.
   */
  bundle(name: string, options?: PypiBundleOptions): Carrier;
}

export const pypi: Pypi = Object.assign(
  (options: PypiOptions): PublisherDefinition => project(options),
  { bundle: bundleCarrier },
);
