import { posix } from 'node:path';
import type { ShellCommand } from '@ameide/source-files/workflows';
import { type Call, callOf, isComputed, packageManagerCall } from './calls.ts';
import { isBuildProgram, isForeignCode } from './known-programs.ts';
import { pathFromRoot, type ScriptPlaces } from './script-places.ts';

/** A script that a command calls. */
export type CalledScript =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'make'; readonly directory: string; readonly targets: readonly string[] }
  | {
      readonly kind: 'package';
      readonly name: string;
      /** Undefined if it runs in whichever packages have it. */
      readonly directory: string | undefined;
      /** True if nothing is missing without it: `pretest`, or `pnpm vitest`. */
      readonly isOptional?: true;
    }
  /** A variable or an expression makes its name, or it is in another language. */
  | { readonly kind: 'unknown' };

const UNKNOWN: readonly CalledScript[] = [{ kind: 'unknown' }];

const SHELLS = new Set(['bash', 'sh', 'zsh', 'dash', 'source', '.']);
/** Commands of package managers that run no script of that name. */
export const BUILT_IN: RegExp =
  /^(?:add|audit|bin|cache|ci|config|create|deploy|dedupe|exec|dlx|fetch|i|import|info|init|install|link|licenses|list|login|logout|ls|outdated|pack|patch|prune|publish|rebuild|remove|root|run|self-update|set|setup|store|unlink|up|update|upgrade|version|view|whoami|why|workspace|workspaces|x)$/;

/** Where a command runs. */
interface Place {
  /** Undefined if a variable says so. */
  readonly directory: string | undefined;
  readonly places: ScriptPlaces;
}

/** What a command calls in this repository. */
export function calledScripts(command: ShellCommand, place: Place): readonly CalledScript[] {
  const call = callOf(command);
  if (call === undefined) return [];
  const { args, program, word } = call;
  const values = args.map(({ value }) => value);
  if (SHELLS.has(program)) return shellCall(call, place);
  if (program === 'make' || program === 'gmake' || /^\$[({]MAKE[)}]$/.test(word.value))
    return makeCall(values, place);
  if (program === 'turbo') return turboTasks(values);
  // What a target of nx runs is in project.json, in a plugin, or in a script.
  if (program === 'nx' && !/^(?:format:check|reset|report|graph|show)$/.test(values[0] ?? ''))
    return [...tasks(values.slice(1)), ...UNKNOWN];
  if (program === 'lerna' && values[0] === 'run') return tasks(values.slice(1));
  if (packageManagerCall(call) !== undefined) return packageCall(call, place);
  if (program === 'eval' || isForeignCode(call, command)) return UNKNOWN;
  const isInstalled = /^\/|(?:^|\/)node_modules\/\.bin\//.test(word.value);
  if (isInstalled && !isComputed(word.value)) return [];
  return word.value.includes('/') || isComputed(word.value) ? fileAt(word.value, place) : [];
}

function shellCall({ args, program }: Call, place: Place): readonly CalledScript[] {
  // The commands in `bash -c '…'` are among those of the script.
  if (args.some(({ value }) => /^-\w*c$/.test(value))) return [];
  const file = args.find(
    ({ value }, index) => !/^[-+]/.test(value) && !/^[-+]\w*o$/.test(args[index - 1]?.value ?? ''),
  )?.value;
  // Those of virtual environments are written by Python.
  const isActivation = /^(?:source|\.)$/.test(program) && /(?:^|\/)bin\/activate$/.test(file ?? '');
  if (isActivation) return [];
  return file === undefined ? UNKNOWN : fileAt(file, place);
}

function fileAt(written: string, place: Place): readonly CalledScript[] {
  const path = pathAt(written, place);
  return path === undefined ? UNKNOWN : [{ kind: 'file', path }];
}

function pathAt(written: string, { directory, places }: Place): string | undefined {
  const fromRoot = pathFromRoot(written, places);
  if (fromRoot !== undefined) return fromRoot;
  if (isComputed(written) || /^[~/]/.test(written) || directory === undefined) return undefined;
  return posix.join(directory, written);
}

function makeCall(args: readonly string[], place: Place): readonly CalledScript[] {
  let { directory } = place;
  const targets: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    const [, inline] = /^(?:-C|--directory=)(.+)$/.exec(arg) ?? [];
    if (arg === '-C' || arg === '--directory' || inline !== undefined) {
      if (inline === undefined) index += 1;
      directory = pathAt(inline ?? args[index] ?? '', { ...place, directory });
    } else if (/^(?:-f|--file|--makefile|--eval)/.test(arg)) return UNKNOWN;
    else if (arg === '-j' && /^\d+$/.test(args[index + 1] ?? '')) index += 1;
    else if (!/^-|^\w+[:?+]?=/.test(arg)) targets.push(arg);
  }
  if (directory === undefined || targets.some(isComputed)) return UNKNOWN;
  return [{ kind: 'make', directory, targets }];
}

const TURBO_COMMANDS =
  /^(?:bin|daemon|docs|gen|generate|info|link|login|logout|ls|prune|query|scan|telemetry|unlink)$/;

/** `turbo run build test`, and `turbo build test`. */
function turboTasks(args: readonly string[]): readonly CalledScript[] {
  const words = args[0] === 'run' ? args.slice(1) : args;
  return TURBO_COMMANDS.test(words[0] ?? '') ? [] : tasks(words);
}

/** Scripts of that name in whichever packages have it. */
function tasks(args: readonly string[]): readonly CalledScript[] {
  const end = args.indexOf('--');
  const own = end === -1 ? args : args.slice(0, end);
  const names = own.filter(
    (one, index) =>
      !one.startsWith('-') &&
      !/^(?:-F|--(?:filter|concurrency|cache-dir|scope|ignore|since|cwd|env-mode|log-order|output-logs|ui))$/.test(
        own[index - 1] ?? '',
      ),
  );
  return names.map((name) =>
    isComputed(name) ? { kind: 'unknown' } : { kind: 'package', name, directory: undefined },
  );
}

/** The scripts that a package manager runs on its own. */
const LIFE_CYCLES: Readonly<Record<string, readonly string[]>> = {
  publish: ['prepublishOnly', 'prepack', 'prepare', 'postpack', 'publish', 'postpublish'],
  pack: ['prepack', 'prepare', 'postpack'],
  version: ['preversion', 'version', 'postversion'],
};

function packageCall(call: Call, place: Place): readonly CalledScript[] {
  const manager = packageManagerCall(call);
  const word = manager?.command?.value;
  if (manager === undefined || word === undefined) return [];
  const at = manager.directory === undefined ? place.directory : pathAt(manager.directory, place);
  const directory = manager.isElsewhere ? undefined : at;
  const named = (name: string): CalledScript => ({ kind: 'package', name, directory });
  const optional = (name: string): CalledScript => ({
    kind: 'package',
    name,
    directory,
    isOptional: true,
  });
  const lifeCycle = Object.hasOwn(LIFE_CYCLES, word) ? LIFE_CYCLES[word] : undefined;
  if (lifeCycle !== undefined) return lifeCycle.map(optional);
  const isRun = word === 'run' || word === 'run-script';
  const name = isRun
    ? manager.operands[0]?.value
    : /^(?:test|t|start)$/.test(word) || (manager.manager !== 'npm' && !BUILT_IN.test(word))
      ? word.replace(/^t$/, 'test')
      : undefined;
  if (name === undefined) return [];
  if (isComputed(name)) return UNKNOWN;
  const isProgram = !isRun && manager.manager !== 'npm' && isBuildProgram(name);
  return [
    optional(`pre${name}`),
    isProgram ? optional(name) : named(name),
    optional(`post${name}`),
  ];
}
