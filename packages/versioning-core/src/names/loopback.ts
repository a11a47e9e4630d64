/** 127.0.0.0/8, also as URL writes it in IPv6: `[::ffff:7f00:1]`. */
const IPV4 = /^(?:127(?:\.\d{1,3}){3}|\[::ffff:7f[\da-f]{2}:[\da-f]{1,4}\])$/;

/**
 * True for the `hostname` of a URL in 127.0.0.0/8, ::1 or localhost: requests to it stay on this
 * machine.
 */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || IPV4.test(hostname);
}
