/** The answer is not a Simple API page; the message says why. */
export class SimpleApiError extends Error {
  override readonly name = 'SimpleApiError';
}
