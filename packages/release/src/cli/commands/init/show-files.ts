import { createTwoFilesPatch } from 'diff';
import type { RenderedFile } from '../../../init/rendered-files.ts';
import { inertLines } from '../../plain.ts';

/** New files as a whole, others as a unified diff. */
export function filesText(files: readonly RenderedFile[]): string {
  return files
    .filter(({ before, text }) => before !== text)
    .map((file) => inertLines(file.before === undefined ? newFile(file) : changedFile(file)))
    .join('\n');
}

function newFile({ path, text }: RenderedFile): string {
  return `─── ${path} (new)\n${text}`;
}

function changedFile({ before = '', path, text }: RenderedFile): string {
  const patch = createTwoFilesPatch(`a/${path}`, `b/${path}`, before, text, undefined, undefined, {
    context: 3,
  });
  return `─── ${path} (replaces what is there)\n${patch.replace(/^=+\n/, '')}`;
}
