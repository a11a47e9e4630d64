import { InvalidInputError, received } from '../errors.ts';

const PLAIN = /^[a-z0-9][a-z0-9._-]*$/;
const SCOPED = /^@[a-z0-9~-][a-z0-9._~-]*\/[a-z0-9_-][a-z0-9._-]*$/;

/**
 * npm refuses new packages under these names: Node's own modules, `node_modules`, `favicon.ico`.
 */
const TAKEN: ReadonlySet<string> = new Set(
  `node_modules favicon.ico assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns domain
   events fs http http2 https inspector module net os path perf_hooks process punycode querystring readline repl stream string_decoder
   sys timers tls trace_events tty url util v8 vm wasi worker_threads zlib`.split(/\s+/),
);

/**
 * Checks the name of an npm package by the rules for new packages (validate-npm-package-name): at
 * most 214 characters, lower case, URL-safe. Throws `InvalidInputError` with `code`.
 */
export function parseNpmName(value: unknown, field = 'name', code = 'invalid-input'): string {
  if (
    typeof value === 'string' &&
    value.length <= 214 &&
    (PLAIN.test(value) || SCOPED.test(value)) &&
    !TAKEN.has(value)
  )
    return value;
  throw new InvalidInputError(
    {
      field,
      received: received(value),
      expected: 'an npm package name in lower case, for example @ameideio/ameide-sdk-ts',
    },
    code,
  );
}
