/**
 * True for the `hostname` of a URL in 127.0.0.0/8, ::1 or localhost: requests to it stay on this
 * machine.
 */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
