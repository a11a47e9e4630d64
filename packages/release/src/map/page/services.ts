import type { InventoryService, InventoryUse } from '../../inventory/inventory-report.ts';
import { ageText, commitText, versionText } from '../../inventory/use-text.ts';
import type { Mark } from '../../report/inventory-mark.ts';
import type { ReleaseMap } from '../release-map.ts';
import { counted } from './completeness.ts';
import { badge } from './view/cell.ts';
import { element, type PageElement } from './view/element.ts';

const HEADINGS = ['Service', 'Artifact', 'Version', 'Commit', 'Age', 'Marks'];

/** Which service uses what: a table of its own below the versions. Works without JavaScript. */
export function servicesElement({ services }: ReleaseMap): PageElement | undefined {
  if (services === undefined) return undefined;
  const marked = services.filter(({ marks }) => marks.length > 0).length;
  const said = marked === 0 ? 'no marks' : `${marked} with marks`;
  return element(
    'details',
    { class: 'services', id: 'services' },
    element('summary', {}, `Services: ${counted(services.length, 'service')}, ${said}`),
    element(
      'div',
      { class: 'scroll-services', tabindex: 0, role: 'region', 'aria-label': 'Services' },
      element(
        'table',
        {},
        element('caption', { class: 'unseen' }, 'Services, and what each uses of this release'),
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            HEADINGS.map((text) => element('th', { scope: 'col' }, text)),
          ),
        ),
        element('tbody', {}, services.flatMap(serviceRows)),
      ),
    ),
  );
}

function serviceRows(service: InventoryService): readonly PageElement[] {
  const { kind, name, path, uses } = service;
  const title = element(
    'th',
    { scope: 'rowgroup', rowspan: uses.length },
    element('span', { class: 'mono' }, path),
    kind === 'workload' || path === '.' ? [' ', element('bdi', {}, name)] : undefined,
    service.marks.includes('mixed') ? [' ', badge('partial', 'mixed')] : undefined,
  );
  return uses.map((use, index) =>
    element('tr', {}, index === 0 ? title : undefined, useCells(use)),
  );
}

const BADGES: Readonly<Partial<Record<Mark, string>>> = {
  unknown: 'unknown',
  withdrawn: 'deprecated',
};

function useCells(use: InventoryUse): readonly PageElement[] {
  const { ecosystem, isDirect, marks, name, state } = use;
  const badges = [
    ...(state === 'workspace' ? [badge('pointer', 'workspace')] : []),
    ...marks.map((mark) => badge(BADGES[mark] ?? 'partial', mark)),
  ];
  return [
    element(
      'td',
      {},
      element('span', { class: 'ecosystem' }, ecosystem),
      ' ',
      element('span', { class: 'mono' }, name),
      isDirect ? undefined : ' (indirect)',
    ),
    element('td', { class: 'mono' }, versionText(use)),
    element('td', { class: 'mono' }, commitText(use)),
    element('td', {}, ageText(use)),
    element(
      'td',
      {},
      badges.flatMap((one) => [one, ' ']),
    ),
  ];
}
