import { goModule } from '@ameide/publisher-go';
import { defineRelease } from '@ameide/release';
import { gitHost, token } from './registries.ts';

const remote = `${gitHost}/acme/otel.git`;
export default defineRelease({
  versionFrom: 'tags',
  publishers: ['.', 'sdk'].map((directory) => goModule({ directory, remote, token })),
});
