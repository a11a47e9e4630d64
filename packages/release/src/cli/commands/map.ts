import { loadDefinition } from '../../definition/load.ts';
import { mapRelease } from '../../map/make-map.ts';
import type { ReleaseMap } from '../../map/release-map.ts';
import type { CliEnvironment } from '../environment.ts';
import { mapTable } from '../map-table.ts';
import { openDirectory } from '../open-directory.ts';
import { type OutputFile, openOutputFile } from '../output-file.ts';
import { printReport } from '../print.ts';
import type { ProgressArguments } from '../progress/options.ts';
import { withProgress } from '../progress/with-progress.ts';
import { jsonRedactor } from '../redacted-json.ts';
import { wholeNumber } from '../whole-number.ts';

export interface MapArguments extends ProgressArguments {
  readonly directory: string;
  readonly limit?: string;
  /** `--html FILE`. */
  readonly html?: string;
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
  const { exitCode, report } = await withProgress(env, args, repository.root, async (onEvent) => {
    const definition = await loadDefinition(repository.root, args.config);
    return mapRelease({
      repository,
      definition,
      ...(limit === undefined ? {} : { limit }),
      signal: env.signal,
      onEvent,
    });
  });
  if (page !== undefined) {
    const { renderMapPage } = await import('../../map/page/render-map-page.ts');
    const shown = JSON.parse(jsonRedactor(env.env)(report)) as ReleaseMap;
    await page.write(renderMapPage(shown));
  }
  printReport(env, args.json, report, (map) => mapText(map, page));
  if (env.actions !== undefined) {
    const { reportProblems } = await import('../actions/step-report.ts');
    await reportProblems(env, report, repository.root);
  }
  return exitCode;
}

async function openPage(
  html: string | undefined,
  repository: string,
): Promise<OutputFile | undefined> {
  if (html === undefined) return undefined;
  const { isMapPage } = await import('../../map/page/render-map-page.ts');
  return openOutputFile(html, { field: 'html', repository, isOurs: isMapPage });
}

function mapText(map: ReleaseMap, page: OutputFile | undefined): string {
  const text = mapTable(map);
  return page === undefined ? text : `${text}\n\nThe page is ${page.path}`;
}
