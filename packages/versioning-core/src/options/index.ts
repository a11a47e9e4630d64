/**
 * The one option checker: of every publisher, of every carrier and of the release definition.
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
 * - Use what `parseOptions` returns, not what was given: paths are in one form there, and getters
 *   were read once.
 * - A key of the type without a check does not compile; nor does one whose check takes another type
 *   or leaves out a value of it, or that is `optional` only on one side.
 * - A parser with the parameters `(value, field, code)` is a check: `image: parseOciName`. One that
 *   throws under a field of its own becomes one by `parsedBy(parse)`.
 * - `expected` completes "registry: expected …, got …": the accepted form with an example.
 * - An explicit `undefined` is refused with "an environment variable that is not set?", but for
 *   `secret`, where it means "no token". So a default is what `=` or `??` gives after the check.
 * - What two options decide together is checked after `parseOptions`, by an `InvalidInputError`.
 * - Wrap a check in `hidden` when people put secrets into its values (build arguments, environments).
 * - A test of a publisher’s options needs to cover its own rules alone.
 */
export { type Check, type Optional } from './check.ts';
export { type Argv, argv, listOf, recordOf } from './collections.ts';
export { hidden, nullable, parsedBy, union } from './combine.ts';
export { branchName, exactPaths, httpsAddress, pathBelowRoot } from './names.ts';
export { secret } from './secret.ts';
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
