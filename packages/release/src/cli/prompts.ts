import { Writable } from 'node:stream';
import { confirm, isCancel, multiselect, select, text } from '@clack/prompts';
import { Cancelled } from './cancelled.ts';
import type { CliEnvironment } from './environment.ts';
import { inertLine } from './plain.ts';

export interface Choice<T> {
  readonly value: T;
  readonly label: string;
  readonly hint?: string;
}

/** Questions in a terminal. Each throws `Cancelled` when the user leaves. */
export interface Prompts {
  several<T>(
    message: string,
    choices: readonly Choice<T>[],
    chosen: readonly T[],
  ): Promise<readonly T[]>;
  one<T>(message: string, choices: readonly Choice<T>[]): Promise<T>;
  /** `check` says what is wrong with an answer. */
  text(
    message: string,
    initial: string,
    check: (answer: string) => string | undefined,
  ): Promise<string>;
  yes(message: string, initial: boolean): Promise<boolean>;
}

/** Lines that are left for the question itself. */
const MARGIN = 6;

/** Undefined if nobody can answer: standard input or standard error is not a terminal. */
export function createPrompts(env: CliEnvironment): Prompts | undefined {
  const input = env.keyboard?.();
  const { terminal } = env;
  if (input === undefined || terminal === undefined) return undefined;
  const output = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        terminal.write(String(chunk));
        done();
      },
    }),
    { isTTY: true, columns: terminal.columns || 80, rows: terminal.rows || 24 },
  );
  const common = { input, output, signal: env.signal };
  const maxItems = Math.max(5, output.rows - MARGIN);
  return {
    async several(message, choices, chosen) {
      const options = choices.map(({ hint, label }, value) => optionOf({ hint, label, value }));
      const initialValues = choices.flatMap(({ value }, at) =>
        chosen.includes(value) ? [at] : [],
      );
      const answer = await multiselect<number>({
        ...common,
        message,
        options,
        initialValues,
        maxItems,
        required: false,
      });
      return answered(answer).flatMap((at) => choices[at]?.value ?? []) as never;
    },
    async one(message, choices) {
      const options = choices.map(({ hint, label }, value) => optionOf({ hint, label, value }));
      const answer = answered(await select<number>({ ...common, message, options, maxItems }));
      const chosen = choices[answer];
      if (chosen === undefined) throw new Cancelled();
      return chosen.value;
    },
    async text(message, initialValue, check) {
      const validate = (answer: string | undefined): string | undefined => check(answer ?? '');
      return answered(await text({ ...common, message, initialValue, validate }));
    },
    yes: async (message, initialValue) =>
      answered(await confirm({ ...common, message, initialValue })),
  };
}

/** Names of packages and files come from the repository. */
function optionOf({
  hint,
  label,
  value,
}: {
  hint: string | undefined;
  label: string;
  value: number;
}): {
  value: number;
  label: string;
  hint?: string;
} {
  return {
    value,
    label: inertLine(label),
    ...(hint === undefined ? {} : { hint: inertLine(hint) }),
  };
}

function answered<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer)) throw new Cancelled();
  return answer as Exclude<T, symbol>;
}
