import { posix } from 'node:path';
import { onceForEach } from '@ameide/publisher-kit';
import {
  type EmbeddedText,
  embeddedText,
  entriesOf,
  readMakefile,
  readShell,
  readYaml,
  type ShellCommand,
  valueAt,
  wholeText,
} from '@ameide/source-files/workflows';
import { folderOf, type SourceFiles } from '@ameide/versioning-core';
import type { CalledScript } from './called-scripts.ts';
import { callOf, isComputed } from './calls.ts';
import { normal } from './directories.ts';
import type { Script } from './facts.ts';

/** Finds the scripts of a repository that are called, each once. */
export interface ScriptReader {
  readonly read: (called: CalledScript) => Promise<Followed>;
}

/** What was found of a called script. */
interface Followed {
  readonly scripts: readonly Script[];
  /** False if more may run: the script was not found, or is in another language. */
  readonly isWhole: boolean;
}

const NOTHING: Followed = { scripts: [], isWhole: false };

const SHELL_FILE = /\.(?:sh|bash)$/;
const MAKEFILES = ['GNUmakefile', 'makefile', 'Makefile'];
/** Larger files are no scripts that a person writes. */
const MAX_LENGTH = 2_000_000;

export function createScriptReader(files: SourceFiles, paths: ReadonlySet<string>): ScriptReader {
  const texts = async (path: string): Promise<string | undefined> => {
    const read = paths.has(path) ? await files.readText(path) : undefined;
    return read === undefined || read.length > MAX_LENGTH ? undefined : read;
  };
  // Each path is read once, so that a script is one object.
  const file = onceForEach(async (path: string) => fileScripts(path, await texts(path)));
  const makefile = onceForEach(async (path: string) => makeScripts(path, await texts(path)));
  const manifest = onceForEach(async (path: string) => packageScripts(path, await texts(path)));
  const manifests = [...paths].filter((one) => /(?:^|\/)package\.json$/.test(one));
  return {
    read: async (called) => {
      if (called.kind === 'unknown') return NOTHING;
      if (called.kind === 'file') {
        const scripts = await file(normal(called.path));
        return { scripts, isWhole: scripts.length > 0 };
      }
      if (called.kind === 'make') {
        const names = MAKEFILES.map((name) => normal(posix.join(called.directory, name)));
        const path = names.find((one) => paths.has(one));
        return path === undefined ? NOTHING : reachedRules(await makefile(path), called.targets);
      }
      const { directory, name } = called;
      const read =
        directory === undefined ? manifests : [normal(posix.join(directory, 'package.json'))];
      const found = await Promise.all(read.map((path) => manifest(path)));
      const scripts = found.flat().filter((one) => one.name === name);
      return { scripts, isWhole: scripts.length > 0 || called.isOptional === true };
    },
  };
}

function fileScripts(path: string, text: string | undefined): readonly Script[] {
  if (text === undefined) return [];
  const isShell = SHELL_FILE.test(path) || /^#!.*\b(?:ba|z|da)?sh\b/.test(text);
  return isShell
    ? [{ ...shellScript(path, text, wholeText(text), ''), folder: folderOf(path) }]
    : [];
}

/** Reads the commands of a piece of shell, with those of `bash -c '…'` in it. */
export function shellScript(
  path: string,
  text: string,
  source: EmbeddedText,
  directory: string | undefined,
): Script {
  return { path, text, source, directory, commands: shellCommands(source.text) };
}

/** The commands of a piece of shell, with those of `bash -c '…'` in it. */
export function shellCommands(text: string): readonly ShellCommand[] {
  return readShell(text).flatMap((command) => [command, ...quotedCommands(command)]);
}

function quotedCommands(command: ShellCommand): readonly ShellCommand[] {
  const call = callOf(command);
  if (call === undefined || !/^(?:ba|z|da)?sh$/.test(call.program)) return [];
  const flag = call.args.findIndex(({ value }) => /^-\w*c$/.test(value));
  const script = flag === -1 ? undefined : call.args[flag + 1];
  if (script === undefined) return [];
  const { end, start } = script;
  return readShell(script.value).map((one) => ({
    ...one,
    start,
    end,
    words: one.words.map((word) => ({ ...word, start, end })),
  }));
}

type PackageScript = Script & { readonly name: string };
type MakeScript = Script & { readonly target: string; readonly prerequisites: readonly string[] };

/** JSON is YAML, and YAML has places. */
function packageScripts(path: string, text: string | undefined): readonly PackageScript[] {
  if (text === undefined) return [];
  return entriesOf(valueAt(readYaml(text).root, 'scripts')).flatMap(({ key, value }) => {
    if (value.kind !== 'scalar') return [];
    const source = embeddedText(text, value);
    return [{ ...shellScript(path, text, source, folderOf(path)), name: key.text }];
  });
}

function makeScripts(path: string, text: string | undefined): readonly MakeScript[] {
  if (text === undefined) return [];
  return readMakefile(text).map(({ prerequisites, recipe, start, target }) => ({
    ...shellScript(
      path,
      text,
      { text: recipe, offsetOf: (index) => start + index },
      folderOf(path),
    ),
    prerequisites,
    target,
  }));
}

/** More rules than are read: patterns, and those of other files. */
const MORE_RULES = /^(?:-?include\b|[^\t#\n]*%[^\n]*:)/m;

/** Without a target, make takes the first rule; then come the rules of its prerequisites. */
function reachedRules(rules: readonly MakeScript[], targets: readonly string[]): Followed {
  const [first] = rules;
  const wanted = targets.length > 0 ? [...targets] : first === undefined ? [] : [first.target];
  const reached = new Set<MakeScript>();
  const seen = new Set(wanted);
  const hasMore = first === undefined || MORE_RULES.test(first.text);
  let isWhole = first !== undefined;
  for (const [index, target] of wanted.entries()) {
    const own = rules.filter((rule) => rule.target === target);
    // What is no rule is a file; but not what was asked for.
    if (isComputed(target) || (own.length === 0 && (hasMore || index < targets.length)))
      isWhole = false;
    for (const rule of own) {
      reached.add(rule);
      for (const one of rule.prerequisites) {
        if (!seen.has(one)) wanted.push(one);
        seen.add(one);
      }
    }
  }
  return { scripts: [...reached], isWhole };
}
