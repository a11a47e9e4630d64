export * from './image/index.ts';
export * from './json/index.ts';
export * from './lockfiles/index.ts';
export * from './npm/index.ts';
export * from './text/index.ts';
export * from './toml/index.ts';
