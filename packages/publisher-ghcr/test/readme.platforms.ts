import { ghcr } from '@ameide/publisher-ghcr';

export const web = ghcr({
  image: 'ghcr.io/acme/web',
  dockerfile: {
    directory: '',
    buildArgs: { VERSION: { env: 'AMEIDE_NPM_VERSION' } },
    secrets: { npmrc: { env: 'NPMRC' } },
  },
  platform: ['linux/amd64', 'linux/arm64'],
});
export const server = ghcr({
  image: 'ghcr.io/acme/server',
  files: { 'linux/amd64': 'dist/amd64', 'linux/arm64': 'dist/arm64' },
  build: ['make', 'dist'],
  run: { entrypoint: ['/server'], user: '65532:65532' },
});
