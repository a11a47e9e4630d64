import { loadDefinition } from '../../definition/load.ts';
import { mapRelease } from '../../map/make-map.ts';
import type { ReleaseMap } from '../../map/release-map.ts';
import type { CliEnvironment } from '../environment.ts';
import { mapTable } from '../map-table.ts';
import { openDirectory } from '../open-directory.ts';
import { type OutputFile, openOutputFile, withoutFile } from '../output-file.ts';
import { printReport, reportToActions } from '../print.ts';
import type { ProgressArguments } from '../progress/options.ts';
import { withProgress } from '../progress/with-progress.ts';
import { jsonRedactor } from '../redacted-json.ts';
import { wholeNumber } from '../whole-number.ts';

export interface MapArguments extends ProgressArguments {
  readonly directory: string;
  readonly limit?: string;
  /** `--html FILE`. */
  readonly html?: string;
  readonly services?: boolean;
  readonly config?: string;
}

/** `ameide-release map` */
export async function map(env: CliEnvironment, args: MapArguments): Promise<number> {
  const limit = wholeNumber(args.limit, {
    field: 'limit',
    what: 'how many builds to show',
    from: 1,
  });
  await using repository = await openDirectory(args.directory);
  const page = await openPage(args.html, repository.root);
  const shown = await withProgress(env, args, repository.root, async (onEvent) => {
    const definition = await loadDefinition(repository.root, args.config);
    return mapRelease({
      repository,
      definition,
      ...(limit === undefined ? {} : { limit }),
      ...(args.services === undefined ? {} : { services: args.services }),
      signal: env.signal,
      onEvent,
    });
  });
  const report = await withPage(shown.report, page, env);
  printReport(env, args.json, report, (map) => mapText(map, page));
  await reportToActions(env, report, repository.root);
  return shown.exitCode === 0 ? report.exitCode : shown.exitCode;
}

async function openPage(
  html: string | undefined,
  repository: string,
): Promise<OutputFile | undefined> {
  if (html === undefined) return undefined;
  const { isMapPage } = await import('../../map/page/render-map-page.ts');
  return openOutputFile(html, { field: 'html', repository, isOurs: isMapPage });
}

async function withPage(
  map: ReleaseMap,
  page: OutputFile | undefined,
  { env }: CliEnvironment,
): Promise<ReleaseMap> {
  if (page === undefined) return map;
  const { renderMapPage } = await import('../../map/page/render-map-page.ts');
  const shown = JSON.parse(jsonRedactor(env)(map)) as ReleaseMap;
  return withoutFile(map, await page.write(renderMapPage(shown)));
}

function mapText(map: ReleaseMap, page: OutputFile | undefined): string {
  const text = mapTable(map);
  const isWritten = map.problems.every(({ code }) => code !== 'output-not-written');
  return page === undefined || !isWritten
    ? text
    : `${text}\n\nThe page was written to ${page.path}.`;
}
