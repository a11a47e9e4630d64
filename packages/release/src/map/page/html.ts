import type { Attributes, PageNode } from './view/element.ts';

/** Elements that have no end tag (HTML, 13.1.2). */
const VOID: ReadonlySet<string> = new Set(['br', 'input', 'link', 'meta', 'wbr']);
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Writes a part of the page as HTML. Every text and every attribute is escaped. */
export function toHtml(node: PageNode): string {
  if (typeof node === 'string') return escaped(node);
  const { tag, attributes, children } = node;
  const start = `<${tag}${attributesHtml(attributes)}>`;
  return VOID.has(tag) ? start : `${start}${children.map(toHtml).join('')}</${tag}>`;
}

/**
 * Writes a value as JSON that cannot end its script element: without `<` there is neither an end tag
 * nor a comment. (HTML, 4.12.1.3: restrictions for contents of script elements.)
 */
export function toScriptJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

function attributesHtml(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => {
      if (value === undefined || value === false) return '';
      return value === true ? ` ${name}` : ` ${name}="${escaped(String(value))}"`;
    })
    .join('');
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => ESCAPES[character] as string);
}
