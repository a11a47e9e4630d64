import { readFile } from 'node:fs/promises';
import index from '@ameideio/configuration/index.json' with { type: 'json' };

const production = import.meta.resolve('@ameideio/configuration/environments/production.yaml');
process.stdout.write(await readFile(new URL(production), 'utf8'));
console.log(index.sha);
