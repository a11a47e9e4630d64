import { ghcr } from '@ameide/publisher-ghcr';
import { goModule } from '@ameide/publisher-go';
import { npm } from '@ameide/publisher-npm';
import { pypi } from '@ameide/publisher-pypi';
import { defineRelease } from '@ameide/release';
import { gitHost, image, index, registry } from './registries.ts';

export default defineRelease({
  versionFrom: 'tags',
  publishers: [
    npm({ directory: 'sdk/typescript', build: ['node', 'build.mjs'], access: 'public', registry }),
    pypi({ directory: 'sdk/python', ...index }),
    goModule({ directory: 'sdk/go', mirror: `${gitHost}/acme/engine-go-sdk.git` }),
    ghcr({ ...image('acme/engine'), dockerfile: { directory: 'cmd/engine' } }),
  ],
});
