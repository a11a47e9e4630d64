import { InvalidInputError, received } from '../errors.ts';

const NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

/** An npm package name that a new package may have (validate-npm-package-name): at most 214 characters, lower case, scoped or not. */
export function parseNpmName(value: unknown, field = 'name'): string {
  if (typeof value === 'string' && value.length <= 214 && NAME.test(value) && value !== 'node_modules' && value !== 'favicon.ico') {
    return value;
  }
  throw new InvalidInputError({
    field,
    received: received(value),
    expected: 'an npm package name in lower case, for example @ameideio/ameide-sdk-ts',
  });
}
