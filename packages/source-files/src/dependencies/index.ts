export type { Dependencies, Dependency, UnreadFile } from './dependency.ts';
export { type DependencyChange, type DependencyEdits, editDependencies } from './edit.ts';
export { dependenciesOf, readDependencies } from './read.ts';
export { isDependencyFile } from './readers.ts';
