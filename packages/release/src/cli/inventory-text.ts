import colors from 'picocolors';
import type { InventoryReport, InventoryService } from '../inventory/inventory-report.ts';
import { ageText, artifactText, commitText, markText, versionText } from '../inventory/use-text.ts';
import { problemLines } from './problem-lines.ts';
import { table } from './table.ts';

/** `inventory` for people. */
export function inventoryText(report: InventoryReport): string {
  const { notes, problems, services } = report;
  return [
    ...newestLines(report),
    ...servicesTable(services),
    ...problemLines(problems, { readsOnly: true }),
    ...(notes.length === 0 ? [] : ['', ...notes.map((note) => colors.dim(note))]),
    '',
    verdict(report),
  ].join('\n');
}

/** One row for each artifact of each service; nothing without any. */
export function servicesTable(services: readonly InventoryService[]): readonly string[] {
  const rows = services.flatMap(serviceRows);
  const heading = ['SERVICE', 'ARTIFACT', 'VERSION', 'COMMIT', 'AGE', 'MARKS'];
  return rows.length === 0 ? [] : [table(heading, rows)];
}

function newestLines({ artifacts, services }: InventoryReport): readonly string[] {
  const used = new Set(services.flatMap(({ uses }) => uses.map(({ name }) => name)));
  const rows = artifacts
    .filter(({ name }) => used.has(name))
    .map(({ ecosystem, name, newest = '-', newestSha = '' }) => [
      `${ecosystem}:${name}`,
      newest,
      newestSha.slice(0, 12),
    ]);
  return rows.length === 0 ? [] : [table(['ARTIFACT', 'NEWEST RELEASE', 'COMMIT'], rows), ''];
}

function serviceRows(service: InventoryService): readonly (readonly string[])[] {
  const title = titleOf(service);
  if (service.uses.length === 0) return [[title, 'nothing of this release']];
  return service.uses.map((use, index) => [
    index === 0 ? title : '',
    artifactText(use),
    versionText(use),
    use.sha === undefined ? colors.red(commitText(use)) : commitText(use),
    ageText(use),
    coloured(markText(use), service, index),
  ]);
}

/** `mixed` is a mark of the service, so it is in its first row. */
function coloured(marks: string, service: InventoryService, index: number): string {
  const isMixed = index === 0 && service.marks.includes('mixed');
  const all = [...(isMixed ? ['mixed'] : []), ...(marks === '' ? [] : [marks])].join(', ');
  return /unknown/.test(all)
    ? colors.red(all)
    : /^(?:workspace)?$/.test(all)
      ? all
      : colors.yellow(all);
}

/** The folder of a project says more than its name, which is often the same in every repository. */
function titleOf({ kind, name, path }: InventoryService): string {
  if (kind === 'workload') return `${path} ${name}`;
  return path === '.' ? name : path;
}

function verdict({ exitCode, services, status }: InventoryReport): string {
  const count = services.length;
  const counted = `${count} ${count === 1 ? 'service' : 'services'}`;
  if (status !== 'converged') return colors.red(`${counted}. Exit ${exitCode} (${status}).`);
  if (count === 0) return colors.yellow('No service uses anything of this release.');
  return colors.green(`${counted}; every commit is known.`);
}
