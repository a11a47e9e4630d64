import { InvalidInputError } from '@ameide/versioning-core';
import {
  argv,
  type Check,
  custom,
  hidden,
  listOf,
  optional,
  recordOf,
  shape,
  string,
} from '@ameide/versioning-core/options';
import type { GhcrOptions, RunOptions } from './options.ts';

const ID = /^(?:0|[1-9][0-9]{0,9})(?::(?:0|[1-9][0-9]{0,9}))?$/;
const WORD = hidden(
  custom<string>(
    (word) => typeof word === 'string' && !word.includes('\0'),
    'a string without NUL characters',
  ),
);

/** Checks values by OCI image-spec, config.md, "Properties". */
export const parseRun: Check<RunOptions> = shape<RunOptions>({
  entrypoint: optional(argv),
  command: optional(listOf(WORD, "a list of strings, for example ['serve', '--port', '8080']")),
  user: optional(string('a user id, or uid:gid, in numbers: for example 65532:65532', ID)),
  environment: optional(
    recordOf(
      WORD,
      "an object of strings, for example { TZ: 'UTC' }",
      string('a name without = and NUL', /^[^=\0]+$/),
    ),
  ),
  workingDirectory: optional(
    string('an absolute path, for example /srv', /^\/(?!.*\/\.{1,2}(?:\/|$))[^\0]*$/),
  ),
  exposedPorts: optional(
    listOf(
      custom<string>(isPort, 'a port from 1 to 65535 with or without its protocol: 8080, 53/udp'),
      "a list of ports, for example ['8080/tcp']",
    ),
  ),
});

function isPort(value: unknown): boolean {
  const [, port = '0'] = /^([1-9][0-9]{0,4})(?:\/(?:tcp|udp))?$/.exec(String(value)) ?? [];
  return typeof value === 'string' && port !== '0' && Number(port) <= 65_535;
}

/** Returns the path of the program that a container starts; undefined if the image is only files. */
export function programOf({ entrypoint, command }: RunOptions): string | undefined {
  return entrypoint?.[0] ?? command?.[0];
}

/** Throws for a program that nothing could find, or whose platform is not said. */
export function checkRun({ files, platform, run = {} }: GhcrOptions): void {
  const program = programOf(run);
  if (program === undefined) return;
  if (!program.startsWith('/')) {
    throw new InvalidInputError({
      field: run.entrypoint === undefined ? 'run.command[0]' : 'run.entrypoint[0]',
      received: program,
      expected: 'the absolute path of a program in the image, for example /app/server',
    });
  }
  if (platform !== undefined || typeof files === 'object') return;
  throw new InvalidInputError({
    field: 'platform',
    expected: 'the platform of the program that run names, for example linux/amd64',
    hint: 'Without platform the image would be for every platform. For programs of several platforms, give files a directory for each.',
  });
}
