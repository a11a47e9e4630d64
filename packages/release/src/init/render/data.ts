import type { DefinitionData } from '../definition-data.ts';
import { DATA, literal } from './literal.ts';

/** `release.config.json` */
export function renderData(data: DefinitionData): string {
  const members = Object.entries(data).map(([name, value]) => {
    const key = `  ${JSON.stringify(name)}: `;
    return `${key}${literal(value, DATA, { column: key.length, indent: 2 })}`;
  });
  return `{\n${members.join(',\n')}\n}\n`;
}
