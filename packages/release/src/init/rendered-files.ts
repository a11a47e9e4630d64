import type { Choices } from './choices.ts';
import { type DefinitionData, definitionData, WORKFLOW_FILE } from './definition-data.ts';
import { definitionFile } from './definition-file.ts';
import type { RepositoryFacts } from './facts.ts';
import { renderCode } from './render/code.ts';
import { renderData } from './render/data.ts';
import {
  ACTIONLINT,
  PUBLISHER_FOLDER,
  renderDependabot,
  renderPublisher,
} from './workflow/beside.ts';
import { renderWorkflow } from './workflow/render.ts';

/** A file that `init` writes. */
export interface RenderedFile {
  /** Relative to the repository's root. */
  readonly path: string;
  readonly text: string;
  /** What is there now; absent for a new file. */
  readonly before?: string;
  /** False for a file that other tools share: `init` only writes it where there is none. */
  readonly replaces: boolean;
}

export interface RenderedFiles {
  readonly data: DefinitionData;
  readonly files: readonly RenderedFile[];
}

/** Renders everything that the choices lead to. Writes nothing. */
export async function renderFiles(
  facts: RepositoryFacts,
  choices: Choices,
  ownVersion: string,
): Promise<RenderedFiles> {
  const { environments, form, publish, version, workflow } = choices;
  const data = definitionData(facts, choices);
  const own = [
    [definitionFile(facts, form), form === 'data' ? renderData(data) : renderCode(data)],
    ...(version.kind === 'new-file' ? [[version.file, `${version.base}\n`]] : []),
    ...(workflow
      ? [[WORKFLOW_FILE, await renderWorkflow({ facts, data, publish, form, environments })]]
      : []),
    ...(workflow && form === 'data'
      ? [[`${PUBLISHER_FOLDER}/package.json`, renderPublisher(data, ownVersion)]]
      : []),
  ];
  const shared = workflow
    ? [
        ['.github/actionlint.yaml', ACTIONLINT],
        ['.github/dependabot.yml', renderDependabot(form)],
      ]
    : [];
  const planned = [
    ...own.map((one) => ({ one, replaces: true })),
    ...shared.map((one) => ({ one, replaces: false })),
  ].map(async ({ one: [path = '', text = ''], replaces }) => {
    const before = await facts.files.readText(path);
    return { path, text, replaces, ...(before === undefined ? {} : { before }) };
  });
  return { data, files: await Promise.all(planned) };
}
