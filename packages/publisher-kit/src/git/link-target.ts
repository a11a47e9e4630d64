/**
 * Whether a symbolic link stays inside its tree, judged as the operating system would follow it:
 * component by component, through the tree's other links (`links`: path → target). `a/b/../..`
 * means something else when `b` is itself a link.
 */
export function staysInside(path: string, links: ReadonlyMap<string, string>): boolean {
  const todo = path.split('/').toReversed();
  const at: string[] = [];
  // 40 is what Linux allows before ELOOP; a loop leads nowhere, so nowhere outside either.
  for (let followed = 0; followed <= 40; ) {
    const part = todo.pop();
    if (part === undefined) return true;
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (at.pop() === undefined) return false;
      continue;
    }
    at.push(part);
    const target = links.get(at.join('/'));
    if (target === undefined) continue;
    // Backslashes and drive letters: a link for another system, followed there.
    if (/^(?:[/\\]|[A-Za-z]:)/.test(target) || target.includes('\\')) return false;
    followed += 1;
    at.pop();
    todo.push(...target.split('/').toReversed());
  }
  return true;
}
