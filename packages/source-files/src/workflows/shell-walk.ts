import {
  type AndOr,
  type ArrayValue,
  type Assignment,
  type Command,
  forEachChild,
  type If,
  type Pipeline,
  type Redirection,
  type Script,
  type Statement,
  type SyntaxNode,
  type Word,
} from 'unbash';
import type { Condition, ShellAssignment, ShellCommand, ShellWord } from './shell.ts';

interface Context {
  readonly conditions: readonly Condition[];
  readonly onFailure?: string;
  readonly pipeline?: string;
  readonly subshell?: number;
  readonly within?: ShellCommand;
}

/** The most that is kept of a condition or pipeline: a hostile script would repeat a megabyte for each command. */
const MAX_TEXT = 4000;
/** The nearest conditions of a command. */
const MAX_CONDITIONS = 32;

interface Walk {
  readonly slice: (start: number, end: number) => string;
  /** Turns an offset in this script into one in the whole text. */
  readonly at: (offset: number) => number;
  readonly found: ShellCommand[];
}

export function walkScript(text: string, script: Script): readonly ShellCommand[] {
  const found: ShellCommand[] = [];
  const slice = (start: number, end: number): string => text.slice(start, end);
  walkList(script.commands, { conditions: [] }, { slice, at: (offset) => offset, found });
  return found;
}

/** A statement may leave the script: what follows it runs under its condition. */
function walkList(statements: readonly Statement[], context: Context, walk: Walk): void {
  let conditions = context.conditions;
  for (const statement of statements) {
    visit(statement.command, { ...context, conditions }, walk);
    const guard = guardOf(statement.command);
    if (guard !== undefined) conditions = withCondition(conditions, conditionAt(guard, true, walk));
  }
}

function visit(node: SyntaxNode, context: Context, walk: Walk): void {
  const { type } = node;
  if (type === 'Command') visitCommand(node, context, walk);
  else if (type === 'Script') walkSubstitution(node, context, walk, node.pos);
  else if (type === 'CompoundList') walkList(node.commands, context, walk);
  else if (type === 'Pipeline') visitPipeline(node, context, walk);
  else if (type === 'AndOr') visitAndOr(node, context, walk);
  else if (type === 'If') visitIf(node, context, walk);
  else if (type === 'Subshell') visit(node.body, { ...context, subshell: walk.at(node.pos) }, walk);
  else forEachChild(node, (child) => visit(child, context, walk));
}

function visitPipeline(node: Pipeline, context: Context, walk: Walk): void {
  const pipeline = walk.slice(node.pos, Math.min(node.end, node.pos + MAX_TEXT));
  for (const command of node.commands) visit(command, { ...context, pipeline }, walk);
}

function visitAndOr(node: AndOr, context: Context, walk: Walk): void {
  let before = context.conditions;
  const handlers = handlersOf(node);
  for (const [index, command] of node.commands.entries()) {
    const handler = handlers[index];
    const onFailure =
      handler === undefined
        ? context.onFailure
        : walk.slice(handler.pos, Math.min(handler.end, handler.pos + MAX_TEXT));
    visit(
      command,
      { ...context, conditions: before, ...(onFailure === undefined ? {} : { onFailure }) },
      walk,
    );
    before = withCondition(before, conditionAt(command, false, walk));
  }
}

/** For each command what runs if it fails: what follows the next `||`. */
function handlersOf({ commands, operators }: AndOr): readonly (SyntaxNode | undefined)[] {
  const handlers: (SyntaxNode | undefined)[] = [];
  for (let index = commands.length - 1; index >= 0; index -= 1)
    handlers[index] = operators[index] === '||' ? commands[index + 1] : handlers[index + 1];
  return handlers;
}

function visitIf(node: If, context: Context, walk: Walk): void {
  let { conditions } = context;
  for (const branch of [node, ...node.elif]) {
    visit(branch.clause, { ...context, conditions }, walk);
    conditions = withCondition(conditions, conditionAt(branch.clause, false, walk));
    visit(branch.then, { ...context, conditions }, walk);
  }
  if (node.else !== undefined) visit(node.else, { ...context, conditions }, walk);
}

/** The condition under which a statement lets the script go on: `[ -z "$T" ] && exit 0`. */
function guardOf(node: SyntaxNode): SyntaxNode | undefined {
  if (node.type === 'If' && node.else === undefined && leavesWithSuccess(node.then))
    return node.clause;
  if (node.type !== 'AndOr' || !leavesWithSuccess(node.commands.at(-1))) return undefined;
  return node.commands[0];
}

function withCondition(conditions: readonly Condition[], next: Condition): readonly Condition[] {
  return [...conditions, next].slice(-MAX_CONDITIONS);
}

function conditionAt({ end, pos }: SyntaxNode, skips: boolean, walk: Walk): Condition {
  return { text: walk.slice(pos, Math.min(end, pos + MAX_TEXT)), start: walk.at(pos), skips };
}

function leavesWithSuccess(node: SyntaxNode | undefined): boolean {
  if (node === undefined) return false;
  if (node.type === 'Command') {
    const [status] = node.args;
    return (
      (node.name?.value === 'exit' || node.name?.value === 'return') &&
      (status === undefined || (status.type === 'Word' && status.value === '0'))
    );
  }
  if (node.type === 'BraceGroup') return leavesWithSuccess(node.body);
  if (node.type === 'Statement') return leavesWithSuccess(node.command);
  return node.type === 'CompoundList' && node.commands.some((one) => leavesWithSuccess(one));
}

function visitCommand(node: Command, context: Context, walk: Walk): void {
  const words = [node.name, ...node.args].filter((one) => one?.type === 'Word');
  const own = [...node.prefix, ...node.suffix].filter((one) => one.type === 'Assignment');
  const redirects = node.redirects.map((one) => redirectOf(one, walk));
  const bodies = node.redirects.flatMap((one) => (one.type === 'HereDoc' ? [one.body.pos] : []));
  const end = Math.min(node.end, ...bodies);
  const command: ShellCommand = {
    words: words.map((word) => wordOf(word, walk)),
    assignments: own.map((one) => assignmentOf(one, walk)),
    redirects,
    text: walk.slice(node.pos, end).trimEnd(),
    start: walk.at(node.pos),
    end: walk.at(end),
    ...context,
  };
  walk.found.push(command);
  forEachChild(node, (child) => visitInside(child, { ...inside(context), within: command }, walk));
}

/** In a substitution, nothing of what is around it handles a failure. */
function inside({ conditions, subshell }: Context): Context {
  return { conditions, ...(subshell === undefined ? {} : { subshell }) };
}

function visitInside(node: SyntaxNode, context: Context, walk: Walk): void {
  if (node.type === 'Script') walkSubstitution(node, context, walk, node.pos);
  else forEachChild(node, (child) => visitInside(child, context, walk));
}

/** Backticks with escapes are a text of their own: all its commands get the place of the backticks. */
function walkSubstitution(script: Script, context: Context, walk: Walk, start: number): void {
  const { source } = script;
  if (source === undefined) return walkList(script.commands, context, walk);
  const place = walk.at(start);
  const slice = (from: number, to: number): string => source.slice(from, to);
  walkList(script.commands, context, { found: walk.found, slice, at: () => place });
}

function wordOf({ end, pos, value }: Word, walk: Walk): ShellWord {
  return { text: walk.slice(pos, end), value, start: walk.at(pos), end: walk.at(end) };
}

function assignmentOf({ name, value }: Assignment, walk: Walk): ShellAssignment {
  return { name, value: isWord(value) ? wordOf(value, walk) : arrayOf(value, walk) };
}

function isWord(value: Word | ArrayValue): value is Word {
  return value.type === 'Word';
}

function arrayOf({ end, pos }: ArrayValue, walk: Walk): ShellWord {
  const text = walk.slice(pos, end);
  return { text, value: text, start: walk.at(pos), end: walk.at(end) };
}

function redirectOf(redirect: Redirection, walk: Walk): ShellCommand['redirects'][number] {
  if (redirect.type === 'HereDoc')
    return { text: '<<', body: walk.slice(redirect.body.pos, redirect.body.end) };
  return { text: walk.slice(redirect.pos, redirect.end) };
}
