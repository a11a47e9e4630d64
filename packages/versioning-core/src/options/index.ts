/**
 * Checks the options of every publisher, every carrier and the release definition.
 *
 * ```ts
 * const parseOptions = shape<SdkOptions>(
 *   {
 *     directory: parseRepositoryPath,
 *     registry: optional(httpsAddress('an https address, for example https://registry.npmjs.org')),
 *     token: secret(Secret),
 *     build: optional(argv),
 *     access: optional(oneOf('public', 'restricted')),
 *     distTags: optional(shape<DistTags>({ release: optional(nullable(distTag)), … })),
 *   },
 *   { name: 'npm', code: 'npm-option' },
 * );
 *
 * function npm(options: SdkOptions) {
 *   const { directory, registry = NPMJS, ...more } = parseOptions(options);
 *   const token = 'token' in more ? toSecret(more.token) : tokenFromEnvironment();
 * ```
 *
 * How to write one:
 * - Use what `parseOptions` returns, not the user's object: it has normalised paths and has
 *   read each getter once.
 * - The compiler rejects a key of the type without a check, a check that accepts another type
 *   or not every value of the type, and a key that is optional only in the type or in the checks.
 * - A parser with the parameters `(value, field, code)` is a check: `image: parseOciName`. Wrap one
 *   that throws under its own field name: `parsedBy(parse)`.
 * - `expected` completes "registry: expected …, got …": the accepted form with an example.
 * - An explicit `undefined` is an error with the hint "an environment variable that is not set?",
 *   except for `secret`, where it means "no token". Apply defaults after the check, with `=` or `??`.
 * - Check rules about two options after `parseOptions`; throw `InvalidInputError`.
 * - Wrap a check in `hidden` when people put secrets into its values (build arguments, environments).
 * - A publisher’s option tests need to cover only its own rules.
 */
export { type Check, type Optional } from './check.ts';
export { type Argv, argv, listOf, recordOf } from './collections.ts';
export { hidden, nullable, parsedBy, union } from './combine.ts';
export { branchName, exactPaths, httpsAddress, pathBelowRoot, webAddress } from './names.ts';
export { pattern, readPattern } from './patterns.ts';
export { secret } from './secret.ts';
export { settingsOf } from './settings.ts';
export { type Call, type Checks, optional, shape } from './shape.ts';
export {
  anyObject,
  boolean,
  custom,
  func,
  integer,
  milliseconds,
  oneOf,
  string,
} from './values.ts';
