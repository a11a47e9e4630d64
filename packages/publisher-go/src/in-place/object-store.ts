import { join } from 'node:path';
import { createObjectStore, type ObjectStore } from '@ameide/publisher-kit';
import type { SourceTree, Step } from '@ameide/versioning-core';
import type { PushAccess } from '../access.ts';

/** Returns the private store of a run, which has this clone's objects and those that are fetched. */
export type StoreOf = (step: Pick<Step, 'workspace'>) => Promise<ObjectStore>;

/** Makes one store for each workspace, when it is first needed. */
export function createStoreOf(source: SourceTree, access: () => PushAccess): StoreOf {
  const stores = new Map<string, Promise<ObjectStore>>();
  return ({ workspace }) => {
    const store =
      stores.get(workspace) ??
      createObjectStore(source.gitDirectory, join(workspace, 'fetched.git'), access().processes);
    stores.set(workspace, store);
    return store;
  };
}
