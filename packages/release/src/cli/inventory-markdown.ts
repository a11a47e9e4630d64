import type { InventoryReport, InventoryService } from '../inventory/inventory-report.ts';
import { ageText, artifactText, commitText, markText, versionText } from '../inventory/use-text.ts';
import { codeSpan } from '../report/markdown.ts';

/** `inventory` for a comment or a wiki: GitHub Flavored Markdown. */
export function inventoryMarkdown({ head, problems, services }: InventoryReport): string {
  const lines = services.flatMap(rows);
  return [
    '| Service | Artifact | Version | Commit | Age | Marks |',
    '| --- | --- | --- | --- | --- | --- |',
    ...lines,
    '',
    `Ages are counted from ${codeSpan(head.slice(0, 12))}.`,
    ...(problems.length === 0
      ? []
      : [
          '',
          ...problems.map(({ code: name, message }) => `- ${codeSpan(name)}: ${cell(message)}`),
        ]),
  ].join('\n');
}

function rows(service: InventoryService): readonly string[] {
  const { kind, marks, name, path, uses } = service;
  const title =
    kind === 'project' ? codeSpan(path === '.' ? name : path) : `${codeSpan(path)} ${cell(name)}`;
  if (uses.length === 0) return [row([title, 'nothing of this release', '', '', '', ''])];
  return uses.map((use, index) => {
    const mixed = index === 0 && marks.includes('mixed') ? ['**mixed**'] : [];
    const own = markText(use);
    return row([
      index === 0 ? title : '',
      codeSpan(artifactText(use)),
      codeSpan(versionText(use)),
      use.sha === undefined ? cell(commitText(use)) : codeSpan(commitText(use)),
      ageText(use),
      [...mixed, ...(own === '' ? [] : [own])].join(', '),
    ]);
  });
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Text that Markdown shows as it is. */
function cell(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>()#+\-!|~&]/g, String.raw`\$&`).replaceAll('\n', ' ');
}
