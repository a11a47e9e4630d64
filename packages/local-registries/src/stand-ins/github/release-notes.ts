import type { RepositoryCall } from './call.ts';

/**
 * Generates the notes that GitHub does: a link to the changes since the previous tag. Its list of merged pull
 * requests is empty here, as the stand-in has none.
 */
export async function generateNotes(
  { json, origin, repository }: RepositoryCall,
  tag: string,
): Promise<{ readonly name: string; readonly body: string }> {
  const full = `${origin}/${repository.owner}/${repository.name}`;
  const before = typeof json['previous_tag_name'] === 'string' ? json['previous_tag_name'] : '';
  const tags = await repository.git.refs('refs/tags/');
  const names = tags.map(({ ref }) => ref.slice('refs/tags/'.length));
  const previous = before || newestBefore(names, tag);
  const link =
    previous === undefined ? `${full}/commits/${tag}` : `${full}/compare/${previous}...${tag}`;
  return { name: tag, body: `**Full Changelog**: ${link}` };
}

function newestBefore(names: readonly string[], tag: string): string | undefined {
  const order = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });
  return names
    .filter((name) => order(name, tag) < 0)
    .toSorted(order)
    .at(-1);
}
