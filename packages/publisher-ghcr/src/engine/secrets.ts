import type { Secret } from '@ameide/publisher-kit';
import { type Method, Unimplemented, unary } from './grpc.ts';
import { bytesField, decodeFields, textOf } from './protobuf.ts';

/**
 * Answers when a step of a build asks for a secret (github.com/moby/buildkit,
 * session/secrets/secrets.proto): `RUN --mount=type=secret,id=npmrc`. BuildKit keeps it in memory
 * for that step, and takes it into no layer and no key of its cache.
 */
export function serveSecrets(
  secrets: ReadonlyMap<string, Secret>,
): Readonly<Record<string, Method>> {
  return {
    '/moby.buildkit.secrets.v1.Secrets/GetSecret': unary((message) => {
      const id = textOf(decodeFields(message), 1);
      const secret = secrets.get(id);
      if (secret === undefined) throw new Unimplemented(`there is no secret ${id}`);
      return Buffer.concat(bytesField(1, Buffer.from(secret.reveal())));
    }),
  };
}
