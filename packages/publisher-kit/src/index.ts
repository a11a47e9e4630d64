export {
  type Compression,
  compressionOf,
  decompressed,
  firstBytes,
} from './archive/decompress.ts';
export type {
  ArchiveEntry,
  ArchiveFolder,
  ArchiveLink,
  ContentStream,
  FileOnDisk,
  StreamedEntry,
  TarEntry,
} from './archive/entry.ts';
export { filePieces } from './archive/file-pieces.ts';
export { type GzipOptions, gzip } from './archive/gzip.ts';
export { listMembers, type Renamed } from './archive/list-members.ts';
export { ArchiveError, ArchiveTooLargeError, type Member } from './archive/member.ts';
export { assertArchivePath, assertNoCollisions, byBytes, isArchivePath } from './archive/path.ts';
export { packTar, type TarOptions } from './archive/tar.ts';
export { anyTarMembers, tarGzMembers, tarMembers } from './archive/tar-members.ts';
export { type WriteOptions, type WrittenGzip, writeGzip, writeTarGz } from './archive/write.ts';
export { packZip, type ZipEntry } from './archive/zip.ts';
export { zipMembers } from './archive/zip-members.ts';
export { readTreeAttributes, type TreeQuestion } from './checkout/attributes.ts';
export { copyCheckout } from './checkout/copy.ts';
export { parseLfsPointer } from './checkout/lfs.ts';
export { makeLinksRelative } from './checkout/links.ts';
export { objectSizes } from './checkout/object-sizes.ts';
export { type CheckoutFolder, hideStamped, stampHead } from './checkout/stamped.ts';
export { rewriteFile } from './checkout/writable.ts';
export { sha256Hex, sha512Integrity } from './digest.ts';
export {
  lfsPointerProblem,
  missingContentProblem,
  validateFolderContent,
  validateForProgram,
} from './files/missing-content.ts';
export { checkBuiltFiles, type PublishedFiles, validateFiles } from './files/published-files.ts';
export { allowOption, shownPath } from './files/shown-path.ts';
export * from './git/index.ts';
export { onceForEach } from './git/once-for-each.ts';
export { type GithubAddresses, githubAddresses } from './github/addresses.ts';
export type { HttpPorts } from './http/create-http.ts';
export { createHttp } from './http/create-http.ts';
export { isLoopback } from './http/credential.ts';
export { FileBody } from './http/file-body.ts';
export type { Credential, Http, HttpRequest, HttpResponse } from './http/http.ts';
export { HttpError } from './http/http.ts';
export { registryTime } from './http/registry-time.ts';
export { retryAfterMs } from './http/retry-after.ts';
export { inTurn, type Turn, type TurnOptions, whenSent } from './http/turn.ts';
export { shownAddress, withoutLogins } from './observe/address.ts';
export {
  type ObservedProgram,
  type ObservedRequest,
  observeTraffic,
  reportRequest,
  type TrafficListener,
} from './observe/traffic.ts';
export { inParallel, settleAll } from './parallel.ts';
export { afterWriting } from './problem/after-writing.ts';
export { builtFolderProblem } from './problem/built-folder.ts';
export type { HttpFailure } from './problem/http-problem.ts';
export { httpProblem } from './problem/http-problem.ts';
export type { ProcessFailure } from './problem/process-problem.ts';
export { BUILD_HINT, processProblem } from './problem/process-problem.ts';
export { cleanText } from './problem/text.ts';
export {
  BUILD_VARIABLES,
  type BuildVariable,
  buildEnvironment,
  pathInCheckout,
  sourceDateEpoch,
} from './process/build-environment.ts';
export type { ProcessPorts } from './process/create-processes.ts';
export { createProcesses } from './process/create-processes.ts';
export { createLineReader, shownLines } from './process/output.ts';
export type { Command, Processes, ProcessResult } from './process/processes.ts';
export { createRunAnswers, type RunAnswers } from './run-answers.ts';
export type { Redactor } from './secret/redactor.ts';
export { createRedactor, secretVariables } from './secret/redactor.ts';
export type { NamedSecret } from './secret/search.ts';
export {
  type FoundSecret,
  findSecrets,
  findSecretsInFile,
  type SecretInFile,
} from './secret/search-files.ts';
export type { SecretInput } from './secret/secret.ts';
export { Secret, toSecret } from './secret/secret.ts';
export { isKeyFile, isSecretFile, secretFiles } from './secret/secret-files.ts';
export { isTelling } from './secret/secret-variables.ts';
export { SBOM_TYPES, sbomTypeOf } from './sigstore/sbom.ts';
export { type Sleep, sleep } from './sleep.ts';
export type { Workspace } from './workspace/workspace.ts';
export { createWorkspace, folderName, removeTree } from './workspace/workspace.ts';
export {
  type Answer,
  errorAnswer,
  outcomeUnknown,
  type StatusExceptions,
  statusAnswer,
} from './write/answer.ts';
export { decideByHand, NO_POINTER } from './write/by-hand.ts';
export { createPace, type Pace, type PacePorts } from './write/pace.ts';
export {
  type MoveDecision,
  type MovingPointer,
  movePointer,
  type PointerRead,
  WATCH_MS,
} from './write/pointer.ts';
export { type Seen, type Write, type Written, write } from './write/write.ts';
