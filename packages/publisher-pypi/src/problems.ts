import { createRedactor, type HttpResponse, type Secret } from '@ameide/publisher-kit';

/**
 * Returns an index's message about a refusal, without markup and without the token. Only for
 * people: no decision depends on it. PyPI writes it into the reason phrase and the body; HTTP/2 and
 * some proxies drop the phrase.
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
