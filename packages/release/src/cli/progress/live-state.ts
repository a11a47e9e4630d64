import type { EngineEvent, EventArtifact, Phase } from '../../run/events.ts';

/** The line of one artifact. */
export interface LiveRow {
  readonly publisher: string;
  readonly phase: Phase;
  readonly status: 'idle' | 'running' | 'waiting' | 'done' | 'problems';
  readonly text: string;
  /** When the phase began for this artifact, in milliseconds of the caller's clock. */
  readonly since: number;
  /** How long the phase took for this artifact, in milliseconds, once it is over. */
  readonly took?: number;
  /** How many steps are running. */
  readonly steps: number;
}

/** What the live lines show. Immutable. */
export interface LiveState {
  readonly title: string;
  readonly phase: Phase;
  readonly since: number;
  /** What the whole release does, for example the output of a program that prepares the checkout. */
  readonly text: string;
  readonly rows: ReadonlyMap<string, LiveRow>;
  readonly isStopping: boolean;
}

export function initialState(now: number): LiveState {
  return { title: '', phase: 'open', since: now, text: '', rows: new Map(), isStopping: false };
}

export function nextState(state: LiveState, event: EngineEvent, now: number): LiveState {
  switch (event.type) {
    case 'run-started':
      return {
        ...state,
        title: [event.command, event.channel, event.sha?.slice(0, 12)]
          .filter((part) => part !== undefined)
          .join('  '),
        rows: new Map(event.artifacts.map((one) => [one.publisher, newRow(one, now)])),
      };
    case 'phase-started':
      return { ...state, phase: event.phase, since: now, text: '' };
    case 'progress':
      return event.publisher === undefined
        ? { ...state, text: event.text }
        : withRow(state, event.publisher, (row) => ({ ...row, text: event.text }));
    case 'step-started':
      return withRow(state, event.publisher, (row) => {
        const isNew = row.phase !== event.phase || row.status !== 'running';
        const { took: _took, ...kept } = row;
        return {
          ...kept,
          phase: event.phase,
          status: 'running',
          text: isNew ? event.step : row.text,
          since: isNew ? now : row.since,
          steps: row.steps + 1,
        };
      });
    case 'step-ended':
      return withRow(state, event.publisher, (row) => afterStep(row, event.outcome, now));
    case 'waiting':
      return withRow(state, event.publisher, (row) => ({
        ...row,
        phase: event.phase,
        status: 'waiting',
        text:
          event.for.length < 2 ? event.message : `waits for ${fewNames(event.for)}: ${event.why}`,
        since: row.status === 'waiting' ? row.since : now,
      }));
    case 'artifact':
      return withRow(state, event.publisher, (row) => ({ ...row, text: event.message }));
    case 'pointer':
      return event.outcome === 'already'
        ? state
        : withRow(state, event.publisher, (row) => ({ ...row, text: event.message }));
    case 'run-ended':
    case 'phase-ended':
    case 'note':
    case 'request':
    case 'program':
      break;
  }
  return state;
}

/** A publisher with several registries or several builds has one row. */
function newRow({ publisher }: EventArtifact, now: number): LiveRow {
  return { publisher, phase: 'open', status: 'idle', text: '', since: now, steps: 0 };
}

function afterStep(row: LiveRow, outcome: string, now: number): LiveRow {
  const steps = Math.max(row.steps - 1, 0);
  const failed = outcome !== 'done' || row.status === 'problems';
  if (steps > 0) return { ...row, steps, status: failed ? 'problems' : row.status };
  return { ...row, steps, status: failed ? 'problems' : 'done', took: now - row.since };
}

/** `npm:a and 3 more` */
export function fewNames(ids: readonly string[]): string {
  const [first = '', ...more] = ids;
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}

function withRow(
  state: LiveState,
  publisher: string,
  change: (row: LiveRow) => LiveRow,
): LiveState {
  const row = state.rows.get(publisher);
  return row === undefined
    ? state
    : { ...state, rows: new Map(state.rows).set(publisher, change(row)) };
}
