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
    return 'which contains no version: the lower one must come first.';
  // https://go.dev/ref/mod#go-mod-file-retract
  return version !== undefined && compareGoVersions(low, version) > 0
    ? `but this release is ${version}: go reads retractions from the highest release only. To withdraw ${high}, release a version above it.`
    : undefined;
}

function shown({ high, low }: GoRetraction): string {
  return low === high ? low : `[${low}, ${high}]`;
}
