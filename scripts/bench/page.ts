const begin = (name: string): string => `<!-- bench ${name} -->`;
const end = (name: string): string => `<!-- /bench ${name} -->`;

/**
 * Replaces what stands between the markers of one scenario, or adds both markers with it at the
 * end. Everything outside of the markers is written by people, and stays.
 */
export function replaceSection(page: string, name: string, section: string): string {
  const marked = `${begin(name)}\n\n${section.trim()}\n\n${end(name)}`;
  const start = page.indexOf(begin(name));
  if (start === -1) return `${page.trimEnd()}\n\n${marked}\n`;
  const stop = page.indexOf(end(name), start);
  if (stop === -1) throw new Error(`the page has ${begin(name)} without ${end(name)}`);
  return page.slice(0, start) + marked + page.slice(stop + end(name).length);
}
