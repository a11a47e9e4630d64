/**
 * Shares what a registry answers among the steps of one run, so that none asks again what is known. All
 * steps of a run have the same signal, which stands for the run; steps without one share nothing.
 * `question` must contain everything that the answer depends on.
 */
export interface RunAnswers {
  /** Asks, or waits for the answer if the same question is being asked already. Rejects as `ask` does. */
  join<T>(run: AbortSignal | undefined, question: string, ask: () => Promise<T>): Promise<T>;
  /**
   * As `join`, and keeps the answer for `get` if `isKept` returns true. It is called again before the
   * answer is used, because the answer may be too old by then. Default: every answer is kept.
   */
  readonly refresh: <T>(
    run: AbortSignal | undefined,
    question: string,
    ask: () => Promise<T>,
    isKept?: (answer: T) => boolean,
  ) => Promise<T>;
  /** Returns the answer that this run has kept. If there is none, does what `refresh` does. */
  readonly get: RunAnswers['refresh'];
  /**
   * Forgets every answer, also those that are still on their way. Call it when a write has ended, whatever
   * its result: a question that follows must not get an answer from before.
   */
  readonly forget: () => void;
  /** Forgets the answer to one question of a run: for a write that changes no other answer. */
  readonly forgetOne: (run: AbortSignal | undefined, question: string) => void;
}

interface Asked {
  readonly answer: Promise<unknown>;
  /** Absent until there is an answer. */
  isStillKept?: () => boolean;
}

export function createRunAnswers(): RunAnswers {
  let runs = new WeakMap<AbortSignal, Map<string, Asked>>();
  const answersOf = (run: AbortSignal | undefined): Map<string, Asked> => {
    const answers = (run && runs.get(run)) ?? new Map<string, Asked>();
    if (run !== undefined) runs.set(run, answers);
    return answers;
  };
  const refresh: RunAnswers['refresh'] = async (run, question, ask, isKept = () => true) => {
    // `forget` drops this map, so an answer that arrives after it is not kept.
    const answers = answersOf(run);
    const earlier = answers.get(question);
    if (earlier !== undefined && earlier.isStillKept === undefined)
      return earlier.answer as ReturnType<typeof ask>;
    dropOutdated(answers);
    const answer = ask();
    const asked: Asked = { answer };
    answers.delete(question);
    answers.set(question, asked);
    let isStillKept = (): boolean => false;
    try {
      const found = await answer;
      isStillKept = () => isKept(found);
      return found;
    } finally {
      asked.isStillKept = isStillKept;
      if (!isStillKept() && answers.get(question) === asked) answers.delete(question);
    }
  };
  return {
    refresh,
    join: async (run, question, ask) => refresh(run, question, ask, () => false),
    async get(run, question, ask, isKept) {
      const known = answersOf(run).get(question);
      return known === undefined || known.isStillKept?.() === false
        ? refresh(run, question, ask, isKept)
        : (known.answer as ReturnType<typeof ask>);
    },
    forget: () => void (runs = new WeakMap()),
    forgetOne: (run, question) => void answersOf(run).delete(question),
  };
}

/** Frees the memory of answers that are too old. They are in the order of their questions, so it stops at the first one that is not. */
function dropOutdated(answers: Map<string, Asked>): void {
  for (const [question, { isStillKept }] of answers) {
    if (isStillKept?.() !== false) return;
    answers.delete(question);
  }
}
