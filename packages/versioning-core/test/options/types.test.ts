import { expectTypeOf, test } from 'vitest';
import { parseOciName, parseRepositoryPath } from '../../src/index.ts';
import {
  argv,
  boolean,
  type Check,
  exactPaths,
  func,
  hidden,
  integer,
  listOf,
  nullable,
  oneOf,
  optional,
  recordOf,
  secret,
  shape,
  string,
  union,
} from '../../src/options/index.ts';

// Checked by `tsc -b`, which compiles the tests: each line below an expected error has that error.
class Secret {
  reveal(): string {
    return '';
  }
}

interface Options {
  readonly directory: string;
  readonly access?: 'public' | 'restricted';
  readonly token?: string | Secret | (() => string | Secret | undefined) | undefined;
}

const directory = parseRepositoryPath;
const access = optional(oneOf('public', 'restricted'));
const token = secret(Secret);

test('a shape gives the type that it is made for', () => {
  expectTypeOf(shape<Options>({ directory, access, token })).returns.toEqualTypeOf<Options>();
});

test('a key of the type without a check does not compile', () => {
  // @ts-expect-error: token is missing
  shape<Options>({ directory, access });
});

test('a check without a key of the type does not compile', () => {
  // @ts-expect-error: registry is unknown
  shape<Options>({ directory, access, token, registry: optional(string('an address')) });
});

test('a check of another type does not compile', () => {
  // @ts-expect-error: a boolean is no string
  shape<Options>({ directory: boolean, access, token });
  // @ts-expect-error: a string is not one of the two
  shape<Options>({ directory, access: optional(string('an access')), token });
});

test('a check that leaves a value of the type out does not compile', () => {
  // @ts-expect-error: restricted is missing
  shape<Options>({ directory, access: optional(oneOf('public')), token });
});

test('a check that takes a value beyond the type does not compile', () => {
  // @ts-expect-error: private is too much
  shape<Options>({ directory, access: optional(oneOf('public', 'restricted', 'private')), token });
  // @ts-expect-error: null is too much
  shape<Options>({ directory: nullable(string('a path')), access, token });
});

test('required and optional are as in the type', () => {
  // @ts-expect-error: directory is required
  shape<Options>({ directory: optional(directory), access, token });
  // @ts-expect-error: access may be left out
  shape<Options>({ directory, access: oneOf('public', 'restricted'), token });
});

test('a token whose type does not take undefined does not compile: it means none', () => {
  // @ts-expect-error: undefined is a value of the check
  shape<{ readonly token?: string | Secret | (() => string | Secret | undefined) }>({ token });
});

test('checks of parts keep their types', () => {
  const part = shape<{ readonly release?: string }>({ release: optional(string('a tag')) });
  expectTypeOf(union(part, boolean)).toEqualTypeOf<
    Check<{ readonly release?: string } | boolean>
  >();
  expectTypeOf(nullable(integer(0, 1))).toEqualTypeOf<Check<number | null>>();
  expectTypeOf(listOf(argv, 'commands')).returns.toEqualTypeOf<
    readonly (readonly [string, ...string[]])[]
  >();
  expectTypeOf(hidden(recordOf(boolean, 'flags'))).returns.toEqualTypeOf<
    Readonly<Record<string, boolean>>
  >();
  expectTypeOf(exactPaths).returns.toEqualTypeOf<readonly string[]>();
  type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;
  shape<{ readonly image: string; readonly sleep?: Sleep }>({
    image: parseOciName,
    sleep: optional(func()),
  });
});
