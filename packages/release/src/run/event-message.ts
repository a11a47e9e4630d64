import type { EventDetail } from './events.ts';

type Detail<T extends EventDetail['type']> = Extract<EventDetail, { readonly type: T }>;

/** Returns what happened in one line, without the phase and the artifact of the event. */
export function eventMessage(event: EventDetail): string {
  // Each function gets the events of its own type alone.
  const message = MESSAGES[event.type] as (event: EventDetail) => string;
  return message(event);
}

const MESSAGES: { readonly [T in EventDetail['type']]: (event: Detail<T>) => string } = {
  'run-started': (event) =>
    `${event.command} of ${subject(event)}: ${count(event.artifacts.length, 'artifact')}`,
  'run-ended': ({ exitCode, status }) => `${status}, exit code ${exitCode}`,
  'phase-started': ({ phase }) => `${phase} started`,
  'phase-ended': ({ ms, outcome, phase }) => `${phase} ended: ${outcome}, ${duration(ms)}`,
  'step-started': ({ step }) => step,
  'step-ended': ({ ms, outcome, step }) => `${step}: ${outcome}, ${duration(ms)}`,
  waiting: ({ for: others, why }) =>
    others.length === 0 ? why : `waits for ${others.join(', ')}: ${why}`,
  artifact: ({ outcome }) => OUTCOMES[outcome],
  pointer: ({ outcome, pointer }) => `${outcome} ${pointer}`,
  progress: ({ text }) => text,
  note: ({ text }) => text,
  request: (event) => requestLine(event),
  program: (event) => programLine(event),
};

const OUTCOMES: Readonly<Record<Detail<'artifact'>['outcome'], string>> = {
  'to-publish': 'not published yet',
  built: 'built',
  published: 'published',
  'already-there': 'already there',
  'not-published': 'not published',
  conflict: 'conflict: the registry has other contents under this name',
  incomplete: 'done in part',
  removed: 'removed',
  gone: 'not there any more',
  kept: 'kept',
  unknown: 'the outcome is unknown',
};

function subject({ channel, command, sha }: Detail<'run-started'>): string {
  const commit = [channel, sha?.slice(0, 12)].filter((part) => part !== undefined).join(' ');
  if (commit !== '') return commit;
  if (command === 'doctor') return 'the working tree';
  return command === 'map' || command === 'prune' ? 'all commits' : 'an artifact';
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** `GET https://registry.npmjs.org/name: 200, 34 ms` */
function requestLine({ attempt, failure, method, ms, status, url }: Detail<'request'>): string {
  const end = [status, failure].filter((part) => part !== undefined).join(' ');
  return `${method} ${url}: ${end}, ${ms} ms${attempt === 1 ? '' : `, attempt ${attempt}`}`;
}

/** `git fetch origin: exit code 0, 34 ms` */
function programLine({ argv, exitCode, failure, ms }: Detail<'program'>): string {
  const end = failure === undefined || failure === 'exit' ? `exit code ${exitCode}` : failure;
  return `${argv.join(' ')}: ${end}, ${ms} ms`;
}

/** `340 ms`, `3.4 s`, `2 min 5 s` */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
