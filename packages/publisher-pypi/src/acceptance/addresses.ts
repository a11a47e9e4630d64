const PORT = /^https?:\/\/(?:[^@/?#\\]*@)?[A-Za-z0-9._~-]*:(\d{1,5})(?:[/?#]|$)/i;

/**
 * True for what PyPI takes as a project URL, Home-page and Download-URL: an address with the scheme
 * http or https. Nothing more: PyPI encodes spaces and asks for no host (`is_valid_uri` of
 * warehouse/utils/http.py, with the library rfc3986).
 */
export function isWebAddress(text: string): boolean {
  return /^https?:/i.test(text) && Number(PORT.exec(text)?.[1] ?? 0) <= 65_535;
}

// email-validator's SPECIAL_USE_DOMAIN_NAMES, which no mail is delivered to.
const NO_MAIL = /(?:^|\.)(?:arpa|invalid|local|localhost|onion|test)$/i;
const ATOM = /^[\p{L}\p{N}\p{M}!#$%&'*+\-/=?^_`{|}~]+$/u;

/**
 * True if `Author-email` or `Maintainer-email` has no wrong address. Of several addresses PyPI
 * checks none, because Python's `email.utils.parseaddr` returns none.
 */
export function isMailField(text: string): boolean {
  const mailboxes = splitMailboxes(text);
  const [only] = mailboxes;
  if (only === undefined || mailboxes.length > 1) return true;
  const [, inBrackets] = /<([^<>]*)>/.exec(only) ?? [];
  const address = (inBrackets ?? only).trim();
  return address === '' || isMailAddress(address);
}

/** Splits at commas outside quotes and comments. */
function splitMailboxes(text: string): readonly string[] {
  return text.match(/(?:"(?:\\.|[^"\\])*"|\([^()]*\)|[^,])+/g) ?? [];
}

function isMailAddress(address: string): boolean {
  const at = address.lastIndexOf('@');
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)];
  if (at < 1 || local.length > 64 || address.length > 254 || NO_MAIL.test(domain)) return false;
  if (!local.split('.').every((atom) => ATOM.test(atom))) return false;
  const labels = domain.split('.');
  return (
    labels.length > 1 &&
    labels.every((label) => label.length < 64 && /^(?!-)[\p{L}\p{N}\p{M}-]+(?<!-)$/u.test(label)) &&
    /\p{L}/u.test(labels.at(-1) ?? '')
  );
}
