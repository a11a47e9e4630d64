/**
 * What the publishers of one run ask a registry, so that nobody asks twice. A run is told by its
 * signal, which all steps of a run have in common; steps without a run share nothing. `question` must
 * hold everything that the answer depends on.
 */
export interface RunAnswers {
  /** Asks, or gets the answer of whoever is asking the same at this moment. Rejects as `ask` does. */
  join<T>(run: AbortSignal | undefined, question: string, ask: () => Promise<T>): Promise<T>;
  /**
   * As `join`, and keeps an answer that `isKept` for `keep`, in place of an earlier one. `isKept` is
   * asked again before the answer is used: an answer may be too old by then.
   */
  readonly refresh: <T>(
    run: AbortSignal | undefined,
    question: string,
    ask: () => Promise<T>,
    isKept?: (answer: T) => boolean,
  ) => Promise<T>;
  /** As `refresh`, if there is no kept answer of this run. */
  readonly keep: RunAnswers['refresh'];
  /**
   * Forgets every answer, also those on their way. Call it when a write has ended, however it ended:
   * who asks after that must not get an answer from before.
   */
  readonly forget: () => void;
  /** As `forget`, of one question of a run: a write that changes no other answer. */
  readonly forgetOne: (run: AbortSignal | undefined, question: string) => void;
}

interface Asked {
  readonly answer: Promise<unknown>;
  /** Absent until it is answered. */
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
    // After `forget` this map is nobody's, so a late answer is not kept.
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
    async keep(run, question, ask, isKept) {
      const known = answersOf(run).get(question);
      return known === undefined || known.isStillKept?.() === false
        ? refresh(run, question, ask, isKept)
        : (known.answer as ReturnType<typeof ask>);
    },
    forget: () => void (runs = new WeakMap()),
    forgetOne: (run, question) => void answersOf(run).delete(question),
  };
}

/** Frees the memory of the first answers that are no longer kept: they are in the order of their questions. */
function dropOutdated(answers: Map<string, Asked>): void {
  for (const [question, { isStillKept }] of answers) {
    if (isStillKept?.() !== false) return;
    answers.delete(question);
  }
}
