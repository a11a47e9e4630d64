import type { EngineEvent } from '../run/publisher-run.ts';
import type { CliEnvironment } from './environment.ts';
import { progressLine } from './output.ts';

/** Shows progress on standard error; in GitHub Actions each phase is a group that can be folded. */
export interface ProgressOutput extends Disposable {
  readonly onEvent: (event: EngineEvent) => void;
}

export function progressOutput(env: CliEnvironment): ProgressOutput {
  let open: string | undefined;
  const close = (): void => {
    if (open !== undefined) env.actions?.command({ name: 'endgroup' });
    open = undefined;
  };
  return {
    onEvent(event) {
      if (open !== event.phase) {
        close();
        open = event.phase;
        env.actions?.command({ name: 'group', message: event.phase });
      }
      env.stderr(`${progressLine(event)}\n`);
    },
    [Symbol.dispose]: close,
  };
}
