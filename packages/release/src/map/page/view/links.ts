import { type Child, element, type PageElement } from './element.ts';

/** Returns the address if it is http or https; anything else never becomes a link. */
export function webAddress(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  return /^https?:$/.test(new URL(url).protocol) ? url : undefined;
}

/**
 * Links to the address, without a referrer; a plain `span` if there is no web address.
 */
export function link(
  url: string | undefined,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly Child[]
): PageElement {
  const href = webAddress(url);
  if (href === undefined) return element('span', attributes, ...children);
  return element('a', { ...attributes, href, rel: 'noopener noreferrer' }, ...children);
}
