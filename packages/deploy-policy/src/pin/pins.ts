import { InvalidInputError, isOciDigest, isSha } from '@ameide/versioning-core';
import { allowedTags, type Where } from '../check/rules.ts';
import { createIsOurs } from '../policy/image-names.ts';
import type { DeployPolicy } from '../policy/policy.ts';
import { tagKind } from '../policy/tag-kind.ts';
import type { Pin } from './wanted.ts';

/** Checks the pins, and returns them by name. Throws `InvalidInputError` with the wrong field. */
export function pinsByName(
  pins: readonly Pin[],
  { images }: Pick<DeployPolicy, 'images'>,
  where: Where,
): ReadonlyMap<string, Pin> {
  const isOurs = createIsOurs(images);
  const named = new Map<string, Pin>();
  for (const [index, pin] of pins.entries()) {
    const wrong = wrongField(pin, where, isOurs, named);
    if (wrong !== undefined) {
      const [field, expected] = wrong;
      throw new InvalidInputError({
        field: `pins[${index}].${field}`,
        received: pin[field],
        expected,
      });
    }
    named.set(pin.name, pin);
  }
  return named;
}

function wrongField(
  { digest, name, sha, tag }: Pin,
  where: Where,
  isOurs: (name: string) => boolean,
  named: ReadonlyMap<string, Pin>,
): readonly [keyof Pin, string] | undefined {
  if (!isOurs(name)) return ['name', 'the full name of an image that the policy applies to'];
  if (named.has(name)) return ['name', 'an image that no other pin names'];
  const kind = tagKind(tag);
  const isAllowed = kind !== undefined && (where.tags.length === 0 || where.tags.includes(kind));
  if (!isAllowed) return ['tag', `a tag that ${where.name} allows: ${allowedTags(where)}`];
  if (digest !== undefined && !isOciDigest(digest))
    return ['digest', 'sha256: and 64 lower-case hex digits'];
  return isSha(sha) ? undefined : ['sha', 'the full SHA of a commit'];
}
