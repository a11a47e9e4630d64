const begin = (name: string): string => `<!-- bench ${name} -->`;
const end = (name: string): string => `<!-- /bench ${name} -->`;

/**
 * Replaces the text between the markers of one scenario; if there are none, adds the markers and the text at
 * the end. People write everything outside the markers, so it stays as it is.
 */
export function replaceSection(page: string, name: string, section: string): string {
  const marked = `${begin(name)}\n\n${section.trim()}\n\n${end(name)}`;
  const start = page.indexOf(begin(name));
  if (start === -1) return `${page.trimEnd()}\n\n${marked}\n`;
  const stop = page.indexOf(end(name), start);
  if (stop === -1) throw new Error(`the page has ${begin(name)} without ${end(name)}`);
  return page.slice(0, start) + marked + page.slice(stop + end(name).length);
}
