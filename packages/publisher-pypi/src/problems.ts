import { createRedactor, type HttpResponse, type Secret } from '@ameide/publisher-kit';

/**
 * What an index says about a refusal, for people, never for a verdict. PyPI writes it into the
 * reason phrase and the body; HTTP/2 and some proxies drop the former. Without markup and without
 * the token.
 */
export function answerText(response: HttpResponse, token: Secret | undefined): string {
  const body = response
    .text()
    .slice(0, 20_000)
    .replace(/<(script|style|title)\b[^>]*>[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ');
  const reason = response.statusText.trim();
  const parts = [reason, reason === '' ? body : body.replaceAll(reason, ' ')].map((part) =>
    part.replace(/\s+/g, ' ').trim(),
  );
  return createRedactor(token === undefined ? [] : [token]).redact(
    parts.filter((part) => /\w/.test(part)).join(': '),
  );
}
