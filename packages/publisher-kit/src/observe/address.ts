const USER = /\b([a-z][a-z\d+.-]*:\/\/)[^/?#\s@]*@/gi;
const QUERY = /\b([a-z][a-z\d+.-]*:\/\/[^?#\s]*)\?[^#\s]*/gi;
const FRAGMENT = /\b([a-z][a-z\d+.-]*:\/\/[^#\s]*)#\S*/gi;

/**
 * Returns the text with addresses that have no user information and no fragment, and `?…` in place of a
 * query, because a list of secret parameters (`X-Amz-Signature`, `sig`, `_authToken`, `code`) would never
 * be complete.
 */
export function shownAddress(text: string): string {
  return text.includes('://')
    ? text.replace(USER, '$1').replace(FRAGMENT, '$1').replace(QUERY, '$1?…')
    : text;
}

/** Parameters of signed addresses (AWS, Azure, Google) and of logins. */
const SECRET_PARAMETER =
  /([?&#;](?:X-Amz-(?:Signature|Credential|Security-Token)|X-Goog-(?:Signature|Credential)|[\w-]*(?:token|secret|password|passwd|signature|api-?key)|sig|auth|_auth|_authToken|code|pwd)=)[^&#;\s"'<>)]+/gi;

/**
 * Returns a text from outside, such as a program's output, without the user information of addresses
 * and without the values of parameters that are known to be secret.
 */
export function withoutLogins(text: string): string {
  return text.includes('://')
    ? text.replace(USER, '$1').replace(SECRET_PARAMETER, '$1[secret]')
    : text;
}
