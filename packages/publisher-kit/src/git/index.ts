export { GitError } from './git-command.ts';
export type { GitRemoteOptions } from './remote/create-git-remote.ts';
export { createGitRemote } from './remote/create-git-remote.ts';
export type {
  FetchCall,
  GitRemote,
  PushAnswer,
  PushCall,
  RefResult,
  RefUpdate,
  RemoteCall,
  RemoteFailed,
  RemoteFailure,
  RemoteRef,
} from './remote/remote.ts';
export type { RemoteProblem } from './remote/remote-problem.ts';
export { remoteProblem } from './remote/remote-problem.ts';
export type { CommitIdentity, CommitInput } from './repository/commit-object.ts';
export { commitId } from './repository/commit-object.ts';
export { firstAncestorTag } from './repository/first-ancestor-tag.ts';
export type { FoundRetractions } from './repository/go-retractions.ts';
export { readGoRetractions } from './repository/go-retractions.ts';
export type { ObjectFormat } from './repository/object-format.ts';
export { createObjectStore, type ObjectStore } from './repository/object-store.ts';
export { openRepository } from './repository/open-repository.ts';
export type { Origin } from './repository/origin.ts';
export type { IgnoreRule, Repository } from './repository/repository.ts';
export { refuseShallow } from './repository/shallow.ts';
export { isHostAddress, isSameRepository, sourceUrl } from './repository/source-url.ts';
