/**
 * A part of the page as plain data: Node writes it as HTML, the browser makes elements of it. In both,
 * a string is only ever text, never HTML.
 */
export interface PageElement {
  readonly tag: string;
  readonly attributes: Attributes;
  readonly children: readonly PageNode[];
}

export type PageNode = PageElement | string;

/** `true` is an attribute without a value; `undefined` and `false` are none. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

export type Child = PageNode | undefined | readonly PageNode[];

/** Makes an element; a child that is `undefined` or empty is none. */
export function element(
  tag: string,
  attributes: Attributes = {},
  ...children: readonly Child[]
): PageElement {
  const nodes = children.flat().filter((child) => child !== undefined);
  return { tag, attributes, children: nodes.filter((node) => node !== '') };
}

/** Text for screen readers and for copies, in addition to a symbol that is seen. */
export function unseen(text: string): PageElement {
  return element('span', { class: 'unseen' }, text);
}
