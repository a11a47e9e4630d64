import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends a run with why tests were skipped and one line `N passed, N failed, N skipped`, for people
 * and for whatever reads the log.
 */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const reasons = new Map<string, number>();
    for (const module of modules) {
      // A module that fails to load has no tests to count, and must not look like a pass.
      if (module.errors().length > 0) counts.failed += 1;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') counts.passed += 1;
        else if (result.state === 'failed') counts.failed += 1;
        else {
          counts.skipped += 1;
          const reason =
            /\((needs [^)]*)\)/.exec(test.fullName)?.[1] ??
            (result.state === 'skipped' ? (result.note ?? 'no reason given') : 'did not run');
          reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
        }
      }
    }
    counts.failed += errors.length;
    for (const [reason, count] of reasons) console.log(`skipped ${count}: ${reason}`);
    console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  }
}
