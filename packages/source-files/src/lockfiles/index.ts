export type { LockedPackage, Lockfile, LockfileKind } from './locked-package.ts';
export { lastDocument } from './parse.ts';
export { isLockfile, type ReadLockfiles, readLockfiles } from './read-lockfiles.ts';
