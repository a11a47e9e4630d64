export type { CommitIdentity, CommitInput } from './commit-object.ts';
export { commitId } from './commit-object.ts';
export type { GitRemoteOptions } from './create-git-remote.ts';
export { createGitRemote } from './create-git-remote.ts';
export { GitError } from './git-command.ts';
export type { FoundRetractions } from './go-retractions.ts';
export { readGoRetractions } from './go-retractions.ts';
export type { ObjectFormat } from './object-format.ts';
export { createObjectStore } from './object-store.ts';
export { openRepository } from './open-repository.ts';
export type {
  FetchCall,
  GitRemote,
  ObjectStore,
  PushAnswer,
  RefResult,
  RefUpdate,
  RemoteCall,
  RemoteFailed,
  RemoteFailure,
  RemoteRef,
} from './remote.ts';
export type { RemoteProblem } from './remote-problem.ts';
export { remoteProblem } from './remote-problem.ts';
export type { Repository } from './repository.ts';
export { refuseShallow } from './shallow.ts';
export { sourceUrl } from './source-url.ts';
