import { posix } from 'node:path';
import type { ShellCommand } from '@ameide/source-files/workflows';
import { callOf, isComputed, packageManagerCall } from './calls.ts';

/** A script that a command calls. */
export type CalledScript =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'make'; readonly directory: string; readonly targets: readonly string[] }
  | {
      readonly kind: 'package';
      readonly name: string;
      /** Undefined if it runs in whichever packages have it. */
      readonly directory: string | undefined;
    };

const SHELLS = new Set(['bash', 'sh', 'zsh', 'dash', 'source', '.']);
/** Commands of package managers that run no script of that name. */
const BUILT_IN =
  /^(?:add|audit|bin|cache|ci|config|create|deploy|dedupe|exec|dlx|fetch|i|import|info|init|install|link|licenses|list|login|logout|ls|outdated|pack|patch|prune|publish|rebuild|remove|root|run|self-update|set|setup|store|unlink|up|update|upgrade|version|view|whoami|why|workspace|workspaces|x)$/;

/**
 * What a command calls in this repository. `directory`: where it runs. Names that a variable or an
 * expression makes cannot be followed.
 */
export function calledScripts(command: ShellCommand, directory: string): readonly CalledScript[] {
  const call = callOf(command);
  if (call === undefined) return [];
  const { args, program, word } = call;
  if (SHELLS.has(program)) {
    const file = args.find(({ value }) => !value.startsWith('-'));
    return args.some(({ value }) => /^-\w*c$/.test(value)) ? [] : fileAt(directory, file?.value);
  }
  if (program === 'make' || program === 'gmake')
    return makeCall(
      args.map(({ value }) => value),
      directory,
    );
  if (program === 'turbo' || program === 'lerna' || program === 'nx')
    return taskNames(args.map(({ value }) => value)).map((name) => ({
      kind: 'package',
      name,
      directory: undefined,
    }));
  if (packageManagerCall(call) !== undefined) return packageCall(command, directory);
  return word.value.includes('/') ? fileAt(directory, word.value) : [];
}

function fileAt(directory: string, written: string | undefined): readonly CalledScript[] {
  if (written === undefined) return [];
  const bare = written.replace(/^\$\{?GITHUB_WORKSPACE\}?\//, '/');
  if (isComputed(bare)) return [];
  const path = bare.startsWith('/') ? bare.slice(1) : posix.join(directory, bare);
  return [{ kind: 'file', path }];
}

function makeCall(args: readonly string[], directory: string): readonly CalledScript[] {
  let at = directory;
  const targets: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (arg === '-C' || arg === '--directory') {
      index += 1;
      at = posix.join(directory, args[index] ?? '');
    } else if (!arg.startsWith('-') && !arg.includes('=')) targets.push(arg);
  }
  return isComputed(at) ? [] : [{ kind: 'make', directory: at, targets }];
}

/** `turbo run build test`, `lerna run build`, `nx run-many -t build`. */
function taskNames(args: readonly string[]): readonly string[] {
  const [first, ...rest] = args;
  if (first !== 'run' && first !== 'run-many') return [];
  return rest.filter((one) => /^[\w:.-]+$/.test(one) && !one.startsWith('-'));
}

/** The scripts that `npm publish` and `npm pack` run on their own. */
const LIFE_CYCLE = ['prepublishOnly', 'prepack', 'prepare', 'postpack', 'publish', 'postpublish'];

function packageCall(command: ShellCommand, directory: string): readonly CalledScript[] {
  const call = callOf(command);
  const manager = call === undefined ? undefined : packageManagerCall(call);
  const word = manager?.command?.value;
  if (manager === undefined || word === undefined) return [];
  const at = manager.directory === undefined ? directory : posix.join(directory, manager.directory);
  const place = manager.isElsewhere || isComputed(at) ? undefined : at;
  const named = (name: string): CalledScript => ({ kind: 'package', name, directory: place });
  if (word === 'publish') return LIFE_CYCLE.map(named);
  const name =
    word === 'run' || word === 'run-script'
      ? manager.operands[0]?.value
      : word === 'test' || word === 'start' || (manager.manager !== 'npm' && !BUILT_IN.test(word))
        ? word
        : undefined;
  if (name === undefined || isComputed(name)) return [];
  return [`pre${name}`, name, `post${name}`].map(named);
}
