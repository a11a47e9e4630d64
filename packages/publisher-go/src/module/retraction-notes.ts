import { compareGoVersions, type GoRetraction } from '@ameide/versioning-core/go';
import type { ModuleAtCommit } from '../validate.ts';

/**
 * Returns what people should know of the `retract` directives that `go` accepts and that do not do
 * what they seem to. `version` is the release's tag without a prefix; undefined for a dev build.
 */
export function retractionNotes(
  { file, project }: Pick<ModuleAtCommit, 'file' | 'project'>,
  version: string | undefined,
): readonly string[] {
  return file.content.retractions.flatMap((retraction) => {
    const why = withoutEffect(retraction, version);
    return why === undefined
      ? []
      : [`${project}: ${file.path} retracts ${shown(retraction)}, ${why}`];
  });
}

function withoutEffect(
  { high, low }: GoRetraction,
  version: string | undefined,
): string | undefined {
  if (compareGoVersions(low, high) > 0)
    return 'which is no version at all: the lower one comes first.';
  // https://go.dev/ref/mod#go-mod-file-retract
  return version !== undefined && compareGoVersions(low, version) > 0
    ? `and is ${version} itself. go reads what is retracted from the highest release alone: to withdraw a higher one, release one above that.`
    : undefined;
}

function shown({ high, low }: GoRetraction): string {
  return low === high ? low : `[${low}, ${high}]`;
}
