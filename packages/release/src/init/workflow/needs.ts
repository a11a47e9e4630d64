import type { DefinitionData, PublisherEntry } from '../definition-data.ts';
import { variableOf } from '../image-login.ts';

type Options = Readonly<Record<string, unknown>>;

/** What publishing a definition takes of a workflow. */
export interface PublishingNeeds {
  readonly npm: boolean;
  readonly pypi: boolean;
  /** A token for PyPI: nothing in the definition says that the index trusts the workflow. */
  readonly pypiToken: boolean;
  /** The index is not PyPI, which everybody may read: `promote` needs its token, too. */
  readonly pypiReads: boolean;
  readonly goMirror: boolean;
  /** Tags of Go modules are pushed to this repository. */
  readonly ownTags: boolean;
  /** Images at ghcr.io. */
  readonly images: boolean;
  /** The variables with the logins of images elsewhere. */
  readonly imageLogins: readonly string[];
  /** Sigstore certifies the job. */
  readonly signs: boolean;
}

export function publishingNeeds({ publishers }: DefinitionData): PublishingNeeds {
  const entries = publishers.flatMap((entry) => flatten(entry));
  const of = (wanted: string): readonly Options[] =>
    entries.flatMap(([name, options]) => (name === wanted ? [options] : []));
  const [go, images, pypi] = [of('goModule'), of('ghcr'), of('pypi')];
  const withToken = pypi.filter(
    ({ attestations, trustedPublishing }) => attestations !== true && trustedPublishing !== true,
  );
  return {
    npm: of('npm').length > 0,
    pypi: pypi.length > 0,
    pypiToken: withToken.length > 0,
    pypiReads: withToken.some(({ simpleUrl }) => simpleUrl !== undefined),
    goMirror: go.some(({ mirror }) => mirror !== undefined),
    ownTags: go.some(({ mirror }) => mirror === undefined),
    images: images.some(isAtGhcr),
    imageLogins: [
      ...new Set(
        images
          .filter((one) => !isAtGhcr(one))
          .flatMap(({ token, user }) => [variableOf(user) ?? [], variableOf(token) ?? []].flat()),
      ),
    ],
    signs: entries.some(
      ([, { attestations, provenance, sign }]) =>
        attestations === true || provenance === true || sign === 'keyless',
    ),
  };
}

/** The secrets that somebody has to set. */
export function secretsOf(needs: PublishingNeeds): readonly string[] {
  return [
    ...(needs.npm ? ['NPM_TOKEN'] : []),
    ...(needs.pypiToken ? ['PYPI_TOKEN'] : []),
    ...(needs.goMirror ? ['GO_MIRROR_TOKEN'] : []),
    ...needs.imageLogins,
  ];
}

/** The example's address is a variable whose default is there. */
function isAtGhcr({ image }: Options): boolean {
  return /(?:^|:-)ghcr\.io\//.test(String(image));
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
