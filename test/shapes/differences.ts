import type { Archives } from './shape.ts';

export type Ours =
  | { readonly archives: Archives }
  /** `code: message` of each problem. */
  | { readonly refusals: readonly string[] };

/** What is wrong with ours, a line each, without contents: the same words on every machine. */
export function differences(real: Archives, ours: Ours): readonly string[] {
  if ('refusals' in ours)
    return ours.refusals.map((refusal) => `refused: ${refusal.split(':', 1)[0]}`);
  const lines: string[] = [];
  for (const name of keys(real, ours.archives)) {
    const [right, left] = [real[name], ours.archives[name]];
    if (left === undefined) lines.push(`${name} is missing`);
    else if (right === undefined) lines.push(`${name} is one too many`);
    else
      for (const path of keys(right, left)) {
        if (left[path] === undefined) lines.push(`${name} lacks ${path}`);
        else if (right[path] === undefined) lines.push(`${name} has ${path} besides`);
        else if (left[path] !== right[path]) lines.push(`${name} has another ${path}`);
      }
  }
  return lines;
}

/** What is wrong where ours has to be refused for `path`. */
export function refusalDifferences(path: string, ours: Ours): readonly string[] {
  if ('archives' in ours) return [`published, not refused for ${path}`];
  return ours.refusals
    .filter((refusal) => !refusal.includes(path))
    .map((refusal) => `refused without ${path}: ${refusal.split(':', 1)[0]}`);
}

function keys(...objects: readonly object[]): readonly string[] {
  return [...new Set(objects.flatMap((object) => Object.keys(object)))].sort();
}

/** The same with contents, for the reader of a failure. */
export function explain(real: Archives, ours: Ours): string {
  if ('refusals' in ours) return ours.refusals.join('\n');
  const parts: string[] = [];
  for (const name of keys(real, ours.archives))
    for (const path of keys(real[name] ?? {}, ours.archives[name] ?? {})) {
      const [right, left] = [real[name]?.[path], ours.archives[name]?.[path]];
      if (right !== left)
        parts.push(
          `--- ${name} ${path}, the real tool:\n${right ?? '(not there)'}\n--- ours:\n${left ?? '(not there)'}`,
        );
    }
  return parts.join('\n');
}
