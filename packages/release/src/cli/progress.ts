import type { Listener } from '../run/context.ts';
import type { CliEnvironment } from './environment.ts';
import { printProgress } from './print.ts';

/** Shows progress on standard error; in GitHub Actions each phase is a group that can be folded. */
export interface ProgressOutput extends Disposable {
  readonly onEvent: Listener;
}

export function progressOutput(env: CliEnvironment): ProgressOutput {
  const print = printProgress(env);
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
      return print(event);
    },
    [Symbol.dispose]: close,
  };
}
