import { readFile } from 'node:fs/promises';

/** A fenced block of a page of the guide. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** The file that the line before it names: `.changeset/config.json`. */
  readonly file?: string;
}

/** Returns the blocks of a page, in its order. */
export async function blocksOf(path: string): Promise<readonly Block[]> {
  const page = await readFile(path, 'utf8');
  const fences = page.matchAll(/(?:^`([^`\n]+)`:\n\n)?^```(\w+)\n(.*?)^```$/gms);
  return [...fences].map(([, file, language = '', text = '']) => ({
    language,
    text,
    ...(file === undefined ? {} : { file }),
  }));
}

/** Adds the lines that a diff adds, each after the line before it, as a reader would. */
export function applyDiff(text: string, diff: string): string {
  let result = text;
  let before = '';
  for (const line of diff.trimEnd().split('\n')) {
    const content = line.slice(1);
    if (line.startsWith('+')) {
      const at = result.indexOf(`${before}\n`);
      if (at < 0) throw new Error(`the file has no line "${before}"`);
      const end = at + before.length + 1;
      result = `${result.slice(0, end)}${content}\n${result.slice(end)}`;
    }
    before = content;
  }
  return result;
}
