/** Writes one word as a POSIX shell reads it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Writes a command as a POSIX shell reads it, for people and for workflows. */
export function shellWords(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}
