/** Every rule, by its code: what must hold, in one sentence. */
export const RULES: Readonly<Record<string, string>> = {
  'deploy-yaml': 'A manifest must be YAML that Kubernetes and kustomize parse alike.',
  'deploy-template': 'A Helm template must be rendered before it is checked.',
  'deploy-not-utf8': 'A manifest must be UTF-8 text.',
  'deploy-nothing-to-check': 'There must be at least one document to check.',
  'deploy-not-text': 'An image, a tag and a digest must be strings.',
  'deploy-variable': 'An image must not contain a variable.',
  'deploy-not-a-reference': 'An image must be a valid image reference.',
  'deploy-tag-missing': 'An image that the policy covers must have a tag or a digest.',
  'deploy-tag-not-allowed':
    'The tag of an image that the policy covers must be of a kind that the environment allows.',
  'deploy-digest-required':
    'An image that the policy covers must have a digest where the environment requires one.',
  'deploy-digest-not-sha256': 'The digest of an image that the policy covers must be a SHA-256.',
  'deploy-annotation-missing':
    'A pod must name the commit of its images in an annotation where the environment requires it.',
  'deploy-annotation-not-a-sha': 'The commit annotation must be a full commit SHA.',
  'deploy-annotation-differs':
    'The commit annotation must name the commit that the image was built from.',
  'deploy-image-absent': 'The image must exist in its registry.',
  'deploy-image-unknown': 'The image must be one that the release definition publishes.',
  'deploy-image-no-commit': 'The image must have the label org.opencontainers.image.revision.',
  'deploy-image-other-commit': 'The image must have been built from the commit that its tag names.',
  'deploy-commit-unknown': 'The commit that the image was built from must be in this clone.',
  'deploy-digest-differs': 'The tag and the digest of an image must name the same image.',
  'deploy-image-not-proven':
    'The image must have the signatures and provenance that the release definition requires.',
  'deploy-release-incomplete': 'Every artifact of the commit must be published.',
};
