import { goModule } from '@ameide/publisher-go';
import { defineRelease } from '@ameide/release';
import { gitHost } from './registries.ts';

export default defineRelease({
  versionFrom: 'tags',
  publishers: ['api', 'client'].map((name) =>
    goModule({
      directory: `staging/src/k8s.acme.dev/${name}`,
      mirror: `${gitHost}/acme/${name}.git`,
    }),
  ),
});
