import type { Command } from 'commander';
import type { CliEnvironment } from './environment.ts';
import { addProgressOptions } from './progress/options.ts';

export const EXAMPLES = {
  init: [
    'ameide-release init',
    'ameide-release init --dry-run',
    'ameide-release init --yes --publish @ameideio/ameide-sdk-ts --image ghcr.io/ameideio/ameide-api=services/api',
  ],
  version: ['ameide-release version', 'ameide-release version --json --base 0.1.0'],
  plan: ['ameide-release plan', 'ameide-release plan --json > ../plan.json'],
  build: [
    'ameide-release build --out ../built',
    'ameide-release build --out ../built --only npm:@ameideio/ameide-sdk-ts',
  ],
  publish: [
    'ameide-release publish',
    'ameide-release publish --dry-run',
    'ameide-release publish --only npm:@ameideio/ameide-sdk-ts',
    'ameide-release publish --plan ../plan.json',
    'ameide-release publish --record ../record.json',
    'ameide-release publish --from ../built --only npm:@ameideio/ameide-sdk-ts --hold-pointers',
  ],
  promote: ['ameide-release promote', 'ameide-release promote --from ../built'],
  'move-pointer': [
    'ameide-release move-pointer npm:@ameideio/ameide-sdk-ts@latest --to 0.1.0',
    'ameide-release move-pointer npm:@ameideio/ameide-sdk-ts@latest --to 0.1.0 --from 0.2.0',
  ],
  deprecate: [
    'ameide-release deprecate npm:@ameideio/ameide-sdk-ts@0.2.0',
    "ameide-release deprecate npm:@ameideio/ameide-sdk-ts@0.2.0 --message 'use 0.2.1'",
  ],
  migrate: ['ameide-release migrate', 'ameide-release migrate --to 0.1.0 --yes'],
  withdraw: [
    'ameide-release withdraw 0.2.0',
    "ameide-release withdraw 0.2.0 --to 0.1.9 --message 'loses data: use 0.1.9' --yes",
  ],
  map: [
    'ameide-release map',
    'ameide-release map --limit 200 --json',
    'ameide-release map --html ../map.html --services',
  ],
  prune: [
    'ameide-release prune --keep 20 --younger-than 30',
    'ameide-release prune --keep 20 --younger-than 30 --yes',
  ],
  consume: [
    'ameide-release consume',
    'ameide-release consume --version 0.1.0 --write services/www_ameide',
    'ameide-release consume --sha main --only npm:@ameideio/ameide-sdk-ts',
    'ameide-release consume --pull-request',
  ],
  doctor: [
    'ameide-release doctor',
    'ameide-release doctor --fix',
    'ameide-release doctor --sarif --skip not-published > doctor.sarif',
  ],
  inventory: [
    'ameide-release inventory',
    'ameide-release inventory services/www_ameide --format markdown',
    'ameide-release inventory --json --fail-on behind dev mixed',
  ],
  'deploy check': [
    'ameide-release deploy check --env production deploy/production',
    'ameide-release deploy check --env production --online deploy/production',
    'helm template www charts/www | ameide-release deploy check --env production -',
  ],
  'deploy pin': [
    'ameide-release deploy pin --env production --version 0.1.0 deploy/production',
    'ameide-release deploy pin --env staging --sha 71e210b --write deploy/staging',
  ],
  'deploy rollback': [
    'ameide-release deploy rollback --env production deploy/production',
    'ameide-release deploy rollback --env production --write deploy/production',
  ],
  'deploy admission': [
    'ameide-release deploy admission --engine kubernetes --action audit | kubectl apply -f -',
    'ameide-release deploy admission --engine kyverno --env production > policy.yaml',
  ],
  'deploy resolve': [
    'ameide-release deploy resolve ghcr.io/ameideio/ameide-sdk-ts:0.1.0',
    'ameide-release deploy resolve deploy/production',
  ],
  trace: ['ameide-release trace 71e210b', 'ameide-release trace npm:@ameideio/ameide-sdk-ts@0.1.0'],
  verify: [
    'ameide-release verify 71e210b',
    'ameide-release verify oci:ghcr.io/ameideio/ameide-sdk-ts:0.1.0',
    'ameide-release verify v0.1.0 --trusted-root ../trusted-root.json',
  ],
} as const;

export const ONLY =
  'only these artifacts, named as in the column ARTIFACT: npm:NAME, pypi:NAME, go:MODULE, oci:IMAGE, github:OWNER/REPOSITORY';

export const ONE_REGISTRY =
  'npm:NAME#REGISTRY, if the definition publishes the package to several registries';

/** Gets the exit code of a command. */
export type End = (exitCode: number) => void;

/** Adds one command, whose action passes its exit code to `end`. */
export type AddCommand = (program: Command, env: CliEnvironment, end: End) => void;

export const REF = [
  '--ref <ref>',
  'the git ref that decides the channel: refs/tags/v0.1.0, refs/heads/main (default: what the CI run is for, else a version tag on the commit, else the branch)',
] as const;

export const ORIGIN = [
  '--origin <url>',
  "the repository that this is a clone of, in place of what its remote and the CI run say: https://github.com/acme/sdk (default: the remote's address)",
] as const;

/** Adds a command with what all commands have; `'text'` for one whose output is no report. */
export function addCommand(
  program: Command,
  name: keyof typeof EXAMPLES,
  description: string,
  output: 'report' | 'text' = 'report',
): Command {
  const command = addPlainCommand(program, name, description).option(
    '--config <file>',
    'the release definition, relative to the working directory (default: release.config.ts at the root)',
  );
  return output === 'text' ? command : command.option('--json', 'print one JSON object');
}

/** Adds a command that reads no definition. */
export function addPlainCommand(
  program: Command,
  name: keyof typeof EXAMPLES,
  description: string,
): Command {
  // `deploy check` is a command of the command `deploy`.
  return program
    .command(name.slice(name.indexOf(' ') + 1))
    .description(description)
    .addHelpText('after', `\nExamples:\n${EXAMPLES[name].map((line) => `  ${line}`).join('\n')}`)
    .exitOverride();
}

/** Adds a command that takes time, with the options that all of these have. */
export function addTimedCommand(...command: Parameters<typeof addCommand>): Command {
  return addProgressOptions(addCommand(...command));
}

/** An option that may be given several times, with one value each: a list would take the paths, too. */
export function eachOf(
  value: string,
  before: readonly string[] | undefined,
): readonly string[] | undefined {
  return [...(before ?? []), value];
}
