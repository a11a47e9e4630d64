import type { Fault } from '@ameide/local-registries';
import { hiding } from './hiding.ts';
import type { Step } from './steps.ts';
import type { Asked, Rule, World } from './world.ts';

/** What a fault can do to the run that it disturbs. */
export interface Victim {
  readonly world: World;
  /** Sends the process a signal, and waits for its end after SIGKILL. */
  signal(name: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

/** One row of the table. */
export interface FaultKind {
  readonly name: string;
  /** What happens at the step, for people. */
  readonly title: string;
  /** The exit codes that are right for the disturbed run. */
  readonly exits: readonly (number | null)[];
  /** How the disturbed run is made. Default: by the engine, in the worker's process. */
  readonly by?: 'command' | 'two-runs' | 'impatient-engine';
  /** True if a version must not be sent a second time. */
  readonly sentOnce?: boolean;
  readonly applies?: (step: Step) => boolean;
  readonly rule: (step: Step, victim: Victim) => Rule;
}

const KILLED = [null] as const;

/** True where the publishers read back what they have written, through the proxy. */
function isRead({ registry }: Step): boolean {
  return registry !== 'git' && registry !== 'sigstore';
}

export const FAULTS: readonly FaultKind[] = [
  kind('503-once', '503 before it is forwarded, once', [0], once(status(503))),
  kind('503-always', '503 before it is forwarded, always', [3], always(status(503))),
  kind('429-seconds', '429, Retry-After: 2', [0], once(status(429, '2'))),
  kind('429-date', '429, Retry-After: a date in 2 s', [0], once(status(429, inTwoSeconds))),
  kind('429-garbage', '429, Retry-After: soon', [0], once(status(429, 'soon'))),
  kind('429-day', '429, Retry-After: one day', [0, 3], once(status(429, '86400'))),
  kind('reset', 'the connection is reset in the middle of the request', [0], once({ kind: 'cut' })),
  kind('truncated', 'stored; half of the answer', [0], once({ kind: 'truncate' }), true),
  kind('no-json', 'a web page with status 200; nothing is stored', [0, 3, 5], once(page(false))),
  kind('no-json-stored', 'stored; a web page with status 200', [0, 3], once(page(true)), true),
  kind('dropped', 'stored; the answer is lost', [0], once({ kind: 'reset', forward: true }), true),
  kind('stored-503', 'stored; then 503', [0], once({ ...status(503)(), forward: true }), true),
  kind('stored-409', 'stored; then 409', [0], once({ ...status(409)(), forward: true }), true),
  {
    ...kind('hidden-briefly', 'stored; not shown to the next three reads', [0], hiding(3)),
    applies: isRead,
    sentOnce: true,
  },
  {
    ...kind('hidden', 'stored; not shown until the next run', [0, 3, 5], hiding(Infinity)),
    applies: isRead,
    sentOnce: true,
  },
  kind('reads-down', 'the answer is lost, and then every read gets 503', [3, 5], readsDown),
  {
    ...kind('stall', 'no answer, always', [3, 5], always({ kind: 'hang' })),
    by: 'impatient-engine',
  },
  {
    ...kind('trickle', 'stored; one byte of the answer a second', [0, 3, 5], trickle),
    by: 'impatient-engine',
    sentOnce: true,
  },
  kind('401', '401 from here on: the token has expired', [6], refused(401)),
  kind('403', '403 from here on: the token has lost its rights', [6], refused(403)),
  command('kill-before', 'SIGKILL before it is forwarded', KILLED, (step, victim) => ({
    fault: onFirst(step, async () => {
      await victim.signal('SIGKILL');
      return { kind: 'reset' };
    }),
  })),
  command('kill-after', 'SIGKILL after it is stored', KILLED, (step, victim) => {
    let isNext = false;
    return {
      fault: onFirst(step, () => void (isNext = true)),
      async answered(registry, label) {
        if (isNext && registry === step.registry && label === step.label)
          await victim.signal('SIGKILL');
      },
    };
  }),
  command('sigterm', 'SIGTERM: the job is cancelled', [3], (step, victim) => ({
    fault: onFirst(step, async () => victim.signal('SIGTERM').then(() => undefined)),
  })),
  {
    ...kind('two-runs', 'a second run of the same commit reaches it at once', [0, 3, 5], meeting),
    by: 'two-runs',
  },
];

function kind(
  name: string,
  title: string,
  exits: FaultKind['exits'],
  rule: FaultKind['rule'],
  sentOnce = false,
): FaultKind {
  return { name, title, exits, rule, ...(sentOnce ? { sentOnce } : {}) };
}

function command(...[name, title, exits, rule]: Parameters<typeof kind>): FaultKind {
  return { ...kind(name, title, exits, rule), by: 'command' };
}

/**
 * The exit codes that are right for the run that a fault disturbs at a step. Nobody consumes what Sigstore is sent:
 * a run may always leave the rest to the next one (3), which signs again, and reads nothing there that could be down.
 */
export function exitsAt({ exits }: FaultKind, { registry }: Step): FaultKind['exits'] {
  return registry === 'sigstore' && exits !== KILLED ? [...new Set([...exits, 0, 3])] : exits;
}

/** True for the step's request and, with `orLater`, for its repetitions. */
function isAt(step: Step, asked: Asked, orLater = false): boolean {
  const { registry, label, nth } = asked;
  if (registry !== step.registry || label !== step.label) return false;
  return orLater ? nth >= step.nth : nth === step.nth;
}

type Choice = Fault | undefined | void | Promise<Fault | undefined | void>;

function onFirst(step: Step, choose: () => Choice): NonNullable<Rule['fault']> {
  return async (asked) => (isAt(step, asked) ? ((await choose()) ?? undefined) : undefined);
}

function once(fault: Fault | (() => Fault)): FaultKind['rule'] {
  return (step) => ({ fault: onFirst(step, typeof fault === 'function' ? fault : () => fault) });
}

function always(fault: Fault | (() => Fault)): FaultKind['rule'] {
  return (step) => ({
    fault: (asked) => {
      if (!isAt(step, asked, true)) return undefined;
      return typeof fault === 'function' ? fault() : fault;
    },
  });
}

function status(code: number, retryAfter?: string | (() => string)) {
  return (): Fault & { readonly kind: 'status' } => {
    const value = typeof retryAfter === 'function' ? retryAfter() : retryAfter;
    const headers = value === undefined ? {} : { 'retry-after': value };
    return { kind: 'status', status: code, headers };
  };
}

function inTwoSeconds(): string {
  return new Date(Date.now() + 2000).toUTCString();
}

function page(forward: boolean): Fault {
  const headers = { 'content-type': 'text/html' };
  const body = '<!doctype html><title>Welcome to the network of the hotel</title>';
  return { kind: 'status', status: 200, headers, body, forward };
}

function readsDown(step: Step): Rule {
  let isDown = false;
  return {
    fault(asked) {
      if (asked.registry !== step.registry) return undefined;
      if (isDown) return asked.mutating ? undefined : status(503)();
      isDown = isAt(step, asked);
      return isDown ? { kind: 'reset', forward: true } : undefined;
    },
  };
}

function trickle(step: Step): Rule {
  return { fault: onFirst(step, () => ({ kind: 'trickle', everyMs: 1000 })) };
}

/** The registry refuses the credential from the step on, and so does its token service. */
function refused(code: number): FaultKind['rule'] {
  return (step, { world }) => {
    let isRefused = false;
    const host = world.env['OCI_PREFIX']?.split('/')[0];
    const challenge = `Bearer realm="http://${host}/token",service="${host}"`;
    const headers: Readonly<Record<string, string>> =
      step.registry === 'oci' && code === 401 ? { 'www-authenticate': challenge } : {};
    return {
      fault(asked) {
        if (asked.registry !== step.registry) return undefined;
        isRefused ||= isAt(step, asked);
        const needsToken = asked.mutating || /^\/token|receive-pack/.test(asked.path);
        return isRefused && needsToken ? { kind: 'status', status: code, headers } : undefined;
      },
    };
  };
}

const MEETING_MS = 1500;

/** Holds the step's request of one run until the other run's arrives, at most `MEETING_MS`. */
function meeting(step: Step): Rule {
  const { promise: met, resolve } = Promise.withResolvers<undefined>();
  let arrived = 0;
  return {
    async fault(asked) {
      if (!isAt(step, asked, true) || arrived === 2) return undefined;
      arrived += 1;
      if (arrived === 2) resolve(undefined);
      const late = new Promise<undefined>((end) => {
        setTimeout(() => end(undefined), MEETING_MS).unref();
      });
      return Promise.race([met, late]);
    },
  };
}
