import { describe } from 'vitest';
import { clientSuite } from './support/client-suite.ts';
import { REGISTRIES } from './support/registries.ts';

describe.each(Object.entries(REGISTRIES))('at %s', (_product, start) => {
  clientSuite(start);
});
