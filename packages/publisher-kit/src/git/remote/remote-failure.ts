import type { ProcessResult } from '../../process/processes.ts';
import { reasonOf } from '../git-command.ts';
import type { RemoteFailure } from './remote.ts';

/**
 * Shortest unique parts of git's messages (remote-curl.c, http.c, connect.c) under LC_ALL=C. Status
 * numbers come first: they are the host's answer, while the words around them change between
 * versions of git and curl.
 */
const RULES: readonly (readonly [RegExp, RemoteFailure['kind']])[] = [
  [/(?:returned error|HTTP(?:\/[\d.]+)?):? (?:401|403)\b/, 'authentication'],
  [/(?:returned error|HTTP(?:\/[\d.]+)?):? (?:404|410)\b/, 'not-found'],
  [/(?:returned error|HTTP(?:\/[\d.]+)?):? 3\d\d\b/, 'moved'],
  [/(?:returned error|HTTP(?:\/[\d.]+)?):? (?:408|429|5\d\d)\b/, 'unreachable'],
  // 401: git would now prompt for a user name, which we forbid.
  [
    /could not read (?:Username|Password)|Authentication failed|Permission denied|Host key verification failed/i,
    'authentication',
  ],
  [
    /repository '[^\n]*' not found|does not appear to be a git repository|Repository not found|not a git repository/i,
    'not-found',
  ],
  [/unable to update url base from redirection/, 'moved'],
  // What answered does not speak git's protocol; git then also says that it hung up.
  [/bad line length character/, 'other'],
  [
    /Could not resolve host|Failed to connect|Connection (?:refused|reset|timed out|closed)|timed out|Empty reply|unable to access/i,
    'unreachable',
  ],
  [
    /hung up unexpectedly|unexpected disconnect|early EOF|RPC failed|Operation too slow/i,
    'unreachable',
  ],
];

/** Classifies a failed git command that talked to a host and only read, or never began to write. */
export function classifyRemoteFailure(result: ProcessResult): RemoteFailure {
  const kind =
    result.failure === 'timeout'
      ? 'unreachable'
      : (RULES.find(([pattern]) => pattern.test(result.stderrText))?.[1] ?? 'other');
  return { kind, message: reasonOf(result) };
}

// remote-curl and send-pack print these after they began to send the pack.
const SENDING =
  /RPC failed|hung up unexpectedly|unexpected disconnect|early EOF|unpack|Writing objects|remote unpack failed|sideband|pack-objects died/i;
// A host that refuses the request itself has not looked at the pack. After a 401 git prints no
// number but prompts for a name, which we forbid.
const REFUSED =
  /(?:returned error|HTTP(?:\/[\d.]+)?):? (?:401|403|404|410|429|3\d\d)\b|could not read (?:Username|Password)|Authentication failed/i;
// git prints these only before it sends anything: it could not get the ref advertisement, or that
// lacks a capability.
const BEFORE =
  /unable to access|could not read (?:Username|Password)|Authentication failed|not found|does not appear to be a git repository|Permission denied|does not support --atomic|src refspec|not a git repository/i;

/**
 * Classifies a push that printed no result for its refs. It had no effect only if it certainly
 * failed before the first byte was written; otherwise it may have succeeded.
 */
export function classifyPushFailure(result: ProcessResult): RemoteFailure {
  const text = result.stderrText;
  const harmless =
    result.failure === 'exit' && (REFUSED.test(text) || (BEFORE.test(text) && !SENDING.test(text)));
  return harmless
    ? classifyRemoteFailure(result)
    : { kind: 'unknown-outcome', message: reasonOf(result) };
}

// Excludes 502 and 504: a gateway that stopped waiting does not know what the host behind it does.
const ANSWERED = /(?:returned error|HTTP(?:\/[\d.]+)?):? (?:500|503)\b/i;

/**
 * After a push with an unknown outcome: true if the host reported a failure and so is done with the
 * push. What it did before that remains.
 */
export function wasAnswered(result: ProcessResult): boolean {
  return result.failure === 'exit' && ANSWERED.test(result.stderrText);
}
