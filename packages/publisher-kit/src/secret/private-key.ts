/** The label of a private key: RFC 7468 and its predecessors, OpenSSH, OpenPGP. */
const LABEL = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/g;
const END = '-----END ';
/** What every label contains. */
const COMMON = Buffer.from('PRIVATE KEY');
/** Base64 digits of the shortest private key, an Ed25519 key in PKCS #8 (RFC 8410). */
const SHORTEST_KEY = 64;
/** Characters of the longest that we expect, RSA with 16,384 bits, in a program's literals. */
const LONGEST_KEY = 30_000;

/** True if the content has the label of a private key. */
export function holdsKeyLabel(content: Uint8Array): boolean {
  return textOf(content).next().value !== undefined;
}

/**
 * True if the content has a whole private key: what is between the label and its end is base64, also
 * in a JSON text or in a program's literals. False for `-----BEGIN PRIVATE KEY-----\n...`, as
 * documentation shows it.
 */
export function holdsPrivateKey(content: Uint8Array): boolean {
  for (const text of textOf(content)) {
    const end = text.indexOf(END);
    if (end !== -1 && isKey(text.slice(0, end))) return true;
  }
  return false;
}

/** Yields what follows each label. */
function* textOf(content: Uint8Array): Generator<string> {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (!bytes.includes(COMMON)) return;
  const text = bytes.toString('latin1');
  for (const { 0: label, index } of text.matchAll(LABEL)) {
    const from = index + label.length;
    yield text.slice(from, from + LONGEST_KEY);
  }
}

/** Headers of RFC 1421 and of OpenPGP, and OpenPGP's checksum. */
const HEADERS = /(?:Proc-Type|DEK-Info|Comment|Version|Hash|Charset|MessageID): ?[^\r\n\\"']*/g;
const CHECKSUM = /=[A-Za-z0-9+/]{4}$/;

function isKey(body: string): boolean {
  const digits = body
    .replace(HEADERS, '')
    // What joins the lines of a literal, and line ends, also escaped.
    .replace(/["'`]\s*\+\s*["'`]|\\[nrt]|[\s"'`,;\\]/g, '');
  return (
    digits.replace(CHECKSUM, '').replace(/=+$/, '').length >= SHORTEST_KEY &&
    /^[A-Za-z0-9+/=]+$/.test(digits)
  );
}
