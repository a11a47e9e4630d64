import { createRedactor, type HttpResponse, type Secret } from '@ameide/publisher-kit';
import type { Problem } from '@ameide/versioning-core';

/** A Problem; by default nothing was sent and the cause has to be fixed first. */
export function problem(
  code: string,
  kind: Problem['kind'],
  message: string,
  more: { [K in keyof Problem]?: Problem[K] | undefined } = {},
): Problem {
  const given = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined));
  return { effect: 'none', rerun: 'after-fix', ...given, code, kind, message };
}

/**
 * What an index says about a refusal, for people, never for a verdict. PyPI writes it into the
 * reason phrase and the body; HTTP/2 and some proxies drop the former. Without markup and without
 * the token.
 */
export function spokenText(response: HttpResponse, token: Secret | undefined): string {
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
