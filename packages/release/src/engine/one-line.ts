import { InvalidInputError } from '@ameide/versioning-core';

/**
 * Throws `InvalidInputError` for a message that clients cannot print on one line of a terminal, and, where some
 * text is needed, for one without any: for npm an empty message is none.
 */
export function requireOneLine(message: string, needs: 'some' | 'any'): void {
  const isLine = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u.test(message);
  if (isLine && (needs === 'any' || message.trim() !== '')) return;
  const text = needs === 'some' ? 'text, not empty,' : 'text';
  const expected = `one line of ${text} without control characters`;
  throw new InvalidInputError({ field: 'message', received: message, expected });
}
