export { isAside } from './aside.ts';
export { type FoundPackages, findPackages } from './find-packages.ts';
export type { FoundPackage } from './found-package.ts';
