import type { PageNode } from '../view/element.ts';

/** Makes a node of a part of the page. Strings become text nodes: no HTML is ever parsed. */
export function toDom(node: PageNode): Node {
  if (typeof node === 'string') return document.createTextNode(node);
  const made = document.createElement(node.tag);
  for (const [name, value] of Object.entries(node.attributes)) {
    if (value !== undefined && value !== false) {
      made.setAttribute(name, value === true ? '' : String(value));
    }
  }
  made.append(...node.children.map(toDom));
  return made;
}

/** Finds a part that every page has. Throws if there is none. */
export function part<T extends Element>(selector: string, type: new () => T): T {
  const found = document.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`The page has no ${selector}`);
  return found;
}
