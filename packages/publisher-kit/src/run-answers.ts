/**
 * What the publishers of one run ask a registry, so that nobody asks twice. A run is told by its
 * signal, which all steps of a run have in common; steps without a run share nothing. `question` must
 * hold everything that the answer depends on.
 */
export interface RunAnswers {
  /** Asks, or gets the answer of whoever is asking the same at this moment. Rejects as `ask` does. */
  join<T>(signal: AbortSignal, question: string, ask: () => Promise<T>): Promise<T>;
  /** As `join`, and keeps an answer that `isKept` for `keep`, in place of an earlier one. */
  refresh<T>(
    signal: AbortSignal,
    question: string,
    ask: () => Promise<T>,
    isKept?: (answer: T) => boolean,
  ): Promise<T>;
  /** As `refresh`, if there is no kept answer of this run. */
  keep: RunAnswers['refresh'];
  /**
   * Forgets every answer, also those on their way. Call it when a write has ended, however it ended:
   * who asks after that must not get an answer from before.
   */
  readonly forget: () => void;
}

interface Asked {
  readonly answer: Promise<unknown>;
  hasEnded: boolean;
}

export function createRunAnswers(): RunAnswers {
  let runs = new WeakMap<AbortSignal, Map<string, Asked>>();
  const answersOf = (signal: AbortSignal): Map<string, Asked> => {
    const answers = runs.get(signal) ?? new Map<string, Asked>();
    runs.set(signal, answers);
    return answers;
  };
  const refresh: RunAnswers['refresh'] = async (signal, question, ask, isKept = () => true) => {
    // After `forget` this map is nobody's, so a late answer is not kept.
    const answers = answersOf(signal);
    const earlier = answers.get(question);
    if (earlier?.hasEnded === false) return earlier.answer as ReturnType<typeof ask>;
    const answer = ask();
    const asked: Asked = { answer, hasEnded: false };
    answers.set(question, asked);
    let stays = false;
    try {
      const found = await answer;
      stays = isKept(found);
      return found;
    } finally {
      asked.hasEnded = true;
      if (!stays) answers.delete(question);
    }
  };
  return {
    refresh,
    join: async (signal, question, ask) => refresh(signal, question, ask, () => false),
    async keep(signal, question, ask, isKept) {
      const known = answersOf(signal).get(question);
      return known === undefined
        ? refresh(signal, question, ask, isKept)
        : (known.answer as ReturnType<typeof ask>);
    },
    forget: () => void (runs = new WeakMap()),
  };
}
