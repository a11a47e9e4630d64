export { type Pep508, parsePep508 } from './pep508.ts';
