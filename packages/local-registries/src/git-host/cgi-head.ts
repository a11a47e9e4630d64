/** The head of a CGI answer, and what followed it. */
export interface CgiHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * Splits a CGI answer (RFC 3875, section 6) at its first empty line. Returns `undefined` until that
 * has arrived. `Status` defaults to 200.
 */
export function parseCgiHead(answer: Buffer): CgiHead | undefined {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const headers: Record<string, string> = {};
  let status = 200;
  for (const line of answer.toString('latin1', 0, end).split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === 'status') status = Number.parseInt(value, 10);
    else headers[name] = value;
  }
  return { status, headers, body: answer.subarray(end + 4) };
}
