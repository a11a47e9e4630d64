import type { ProcessResult } from '../../process/processes.ts';
import { reasonOf } from '../git-command.ts';
import type { RemoteFailure } from './remote.ts';

/**
 * git's own messages (remote-curl.c, http.c, connect.c) under LC_ALL=C, each by the least text that
 * tells it. A status number comes first: it is the host's answer, where the words around it change
 * between versions of git and curl.
 */
const RULES: readonly (readonly [RegExp, RemoteFailure['kind']])[] = [
  [/(?:returned error|HTTP(?:\/[\d.]+)?):? (?:401|403)\b/, 'authentication'],
  [/(?:returned error|HTTP(?:\/[\d.]+)?):? (?:404|410)\b/, 'not-found'],
  [/(?:returned error|HTTP(?:\/[\d.]+)?):? 3\d\d\b/, 'moved'],
  [/(?:returned error|HTTP(?:\/[\d.]+)?):? (?:408|429|5\d\d)\b/, 'unreachable'],
  // 401: git would ask for a name next, and may not.
  [
    /could not read (?:Username|Password)|Authentication failed|Permission denied|Host key verification failed/i,
    'authentication',
  ],
  [
    /repository '[^\n]*' not found|does not appear to be a git repository|Repository not found|not a git repository/i,
    'not-found',
  ],
  [/unable to update url base from redirection/, 'moved'],
  [
    /Could not resolve host|Failed to connect|Connection (?:refused|reset|timed out|closed)|timed out|Empty reply|unable to access/i,
    'unreachable',
  ],
  [
    /hung up unexpectedly|unexpected disconnect|early EOF|RPC failed|Operation too slow/i,
    'unreachable',
  ],
];

/**
 * Classifies a failed git command that talked to a host. For one that only reads, or never began to
 * write.
 */
export function classifyRemoteFailure(result: ProcessResult): RemoteFailure {
  const kind =
    result.failure === 'timeout'
      ? 'unreachable'
      : (RULES.find(([pattern]) => pattern.test(result.stderrText))?.[1] ?? 'other');
  return { kind, message: reasonOf(result) };
}

// What remote-curl and send-pack print once the pack is on its way.
const SENDING =
  /RPC failed|hung up unexpectedly|unexpected disconnect|early EOF|unpack|Writing objects|remote unpack failed|sideband|pack-objects died/i;
// A host that refuses the request itself has not looked at the pack. After a 401 git says no
// number, but asks for a name, and may not.
const REFUSED =
  /(?:returned error|HTTP(?:\/[\d.]+)?):? (?:401|403|404|410|429|3\d\d)\b|could not read (?:Username|Password)|Authentication failed/i;
// Printed only before anything is sent: the ref advertisement could not be had, or holds no such
// capability.
const BEFORE =
  /unable to access|could not read (?:Username|Password)|Authentication failed|not found|does not appear to be a git repository|Permission denied|does not support --atomic|src refspec|not a git repository/i;

/**
 * Classifies a push that printed no verdict on its refs. Only what surely came before the first byte
 * was written counts as without effect; all else may have landed.
 */
export function classifyPushFailure(result: ProcessResult): RemoteFailure {
  const text = result.stderrText;
  const harmless =
    result.failure === 'exit' && (REFUSED.test(text) || (BEFORE.test(text) && !SENDING.test(text)));
  return harmless
    ? classifyRemoteFailure(result)
    : { kind: 'unknown-outcome', message: reasonOf(result) };
}

// Not 502 and 504: a gateway that no longer waits says nothing about what the host behind it is
// doing.
const ANSWERED = /(?:returned error|HTTP(?:\/[\d.]+)?):? (?:500|503)\b/i;

/**
 * Of a push with an unknown outcome: whether the host has said that it failed, and so is done with
 * it. What it had done before that counts.
 */
export function wasAnswered(result: ProcessResult): boolean {
  return result.failure === 'exit' && ANSWERED.test(result.stderrText);
}
