import * as core from '@actions/core';
import { describe, expect, test, vi } from 'vitest';
import { renderCommand, type WorkflowCommand } from '../../../src/cli/actions/workflow-command.ts';
import { safeOutput } from '../../../src/cli/safe-output.ts';
import { parseCommands } from '../../support/github-step.ts';

const ISSUES = { error: core.error, warning: core.warning, notice: core.notice };

/** What `@actions/core` prints for the same command. */
function printedByCore({ message = '', name, properties = {} }: WorkflowCommand): string {
  const { col, file, line, title } = properties;
  const place = {
    ...(title === undefined ? {} : { title }),
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { startLine: Number(line) }),
    ...(col === undefined ? {} : { startColumn: Number(col) }),
  };
  let text = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  if (name === 'group') core.startGroup(message);
  else if (name === 'endgroup') core.endGroup();
  else ISSUES[name](message, place);
  write.mockRestore();
  return text;
}

const TEXTS = [
  'plain',
  '100 %',
  '%0A::add-mask::x',
  'two\nlines',
  'two\r\nlines',
  'a:b,c=d',
  '::error::x',
  'x::y',
  '\n::set-env name=A::b',
  'ünïcode 🎉',
  '%25',
];

describe('a command of ours', () => {
  test.each(TEXTS)('%j is written as @actions/core does, and read as it was', (text) => {
    for (const name of ['error', 'warning', 'notice'] as const) {
      const properties = { title: text, file: 'a/b,c:d.ts', line: '3', col: '5' };
      const command = { name, properties, message: text };
      const rendered = renderCommand(command);
      expect(rendered).toBe(printedByCore(command));
      expect(parseCommands(rendered)).toEqual([{ name, properties, data: text }]);
    }
    expect(renderCommand({ name: 'group', message: text })).toBe(
      printedByCore({ name: 'group', message: text }),
    );
    expect(renderCommand({ name: 'endgroup' })).toBe(printedByCore({ name: 'endgroup' }));
  });

  test.each([...TEXTS, '##[add-mask]x', '\u202e', '\u001b[31m'])(
    'with %j is one line and one command; nothing in it is obeyed by an older runner, either',
    (text) => {
      let printed = '';
      const env = { GITHUB_ACTIONS: 'true', NPM_TOKEN: 'npm_planted0123456789' };
      const output = safeOutput({
        env,
        signal: new AbortController().signal,
        stdout: () => expect.unreachable('standard output is for the result'),
        stderr: (shown) => void (printed += shown),
      });
      const secret = `${text} npm_planted0123456789`;
      output.actions?.command({ name: 'error', properties: { title: secret }, message: secret });
      expect(printed.split(/[\r\n]/)).toEqual([expect.stringMatching(/^::error title=/), '']);
      expect(parseCommands(printed)).toHaveLength(1);
      expect(printed).not.toContain('##[');
      expect(printed).not.toContain('planted');
      expect(printed).not.toMatch(/[\u001b\u202e]/);
    },
  );
});
