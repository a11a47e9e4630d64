import { canonical, classifyRef, deriveVersions } from '@ameide/versioning-core';

const tuple = canonical({
  base: '0.1.0',
  sha: '71e210beab37b68546d56dceccba18f09264ecc3',
  datetime: 1763047931,
});
const { npm, pypi, go, oci } = deriveVersions(tuple, classifyRef('refs/heads/main'), {
  tags: ['v0.1.0-rc.1'],
  tagsAtCommit: [],
});

export const versions = {
  npm: npm.version, // 0.1.0-dev.20251113153211, under the dist-tag dev
  pypi: pypi.version, // 0.1.0.dev20251113153211
  go: go.version, // v0.1.0-rc.1.0.20251113153211-71e210beab37
  oci: [oci.commitTag, ...oci.movingTags], // 71e210beab37b68546d56dceccba18f09264ecc3, dev
};
