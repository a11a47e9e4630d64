import type { DefinitionData, PublisherEntry } from '../definition-data.ts';

type Options = Readonly<Record<string, unknown>>;

/** What publishing a definition takes of a workflow. */
export interface PublishingNeeds {
  readonly npm: boolean;
  readonly pypi: boolean;
  /** A token for PyPI: nothing in the definition says that the index trusts the workflow. */
  readonly pypiToken: boolean;
  readonly goMirror: boolean;
  /** Tags of Go modules are pushed to this repository. */
  readonly ownTags: boolean;
  /** Images at ghcr.io. */
  readonly images: boolean;
  /** Sigstore certifies the job. */
  readonly signs: boolean;
}

export function publishingNeeds({ publishers }: DefinitionData): PublishingNeeds {
  const entries = publishers.flatMap((entry) => flatten(entry));
  const of = (wanted: string): readonly Options[] =>
    entries.flatMap(([name, options]) => (name === wanted ? [options] : []));
  const [go, pypi] = [of('goModule'), of('pypi')];
  return {
    npm: of('npm').length > 0,
    pypi: pypi.length > 0,
    pypiToken: pypi.some(
      ({ attestations, trustedPublishing }) => attestations !== true && trustedPublishing !== true,
    ),
    goMirror: go.some(({ mirror }) => mirror !== undefined),
    ownTags: go.some(({ mirror }) => mirror === undefined),
    images: of('ghcr').some(({ image }) => String(image).includes('ghcr.io')),
    signs: entries.some(
      ([, { attestations, provenance, sign }]) =>
        attestations === true || provenance === true || sign === 'keyless',
    ),
  };
}

/** Carriers of a configuration count as publishers. */
function flatten(entry: PublisherEntry): readonly (readonly [string, Options])[] {
  return Object.entries(entry).flatMap(([name, options]) => [
    [name, options] as const,
    ...(Array.isArray(options['carriers']) ? options['carriers'] : []).flatMap((carrier) =>
      flatten(carrier as PublisherEntry),
    ),
  ]);
}
