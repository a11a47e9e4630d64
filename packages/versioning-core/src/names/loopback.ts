/**
 * 127.0.0.0/8, ::1 and localhost: what is sent there does not leave the machine. Takes a URL's
 * `hostname`.
 */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
