export { isAside } from './aside.ts';
export { type FoundPackages, findPackages, type Unreadable } from './find-packages.ts';
export type { FoundPackage } from './found-package.ts';
export { remembering } from './remembering.ts';
