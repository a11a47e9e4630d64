/**
 * What the publishers of one run ask a registry, so that nobody asks twice. A run is told by its
 * signal, which all steps of a run have in common; steps without a run share nothing.
 */
export interface RunAnswers {
  /**
   * Asks, or gets the answer of whoever is asking the same at this moment. `question` must hold
   * everything that the answer depends on. Rejects as `ask` does.
   */
  join<T>(signal: AbortSignal, question: string, ask: () => Promise<T>): Promise<T>;
  /** As `join`, and the rest of the run gets an answer that `isFinal`, too. */
  keep<T>(
    signal: AbortSignal,
    question: string,
    ask: () => Promise<T>,
    isFinal?: (answer: T) => boolean,
  ): Promise<T>;
  /** Keeps an answer that was got another way, in place of an earlier one. */
  note(signal: AbortSignal, question: string, answer: unknown): void;
  /**
   * Forgets every answer, also those on their way. Call it when a write has ended, however it ended:
   * who asks after that must not get an answer from before.
   */
  forget(): void;
}

export function createRunAnswers(): RunAnswers {
  let runs = new WeakMap<AbortSignal, Map<string, Promise<unknown>>>();
  const answersOf = (signal: AbortSignal): Map<string, Promise<unknown>> => {
    const answers = runs.get(signal) ?? new Map<string, Promise<unknown>>();
    runs.set(signal, answers);
    return answers;
  };
  const keep: RunAnswers['keep'] = async (signal, question, ask, isFinal = () => true) => {
    const answers = answersOf(signal);
    const known = answers.get(question);
    if (known !== undefined) return known as ReturnType<typeof ask>;
    const asked = ask();
    answers.set(question, asked);
    let stays = false;
    try {
      const answer = await asked;
      stays = isFinal(answer);
      return answer;
    } finally {
      if (!stays && answers.get(question) === asked) answers.delete(question);
    }
  };
  return {
    keep,
    join: async (signal, question, ask) => keep(signal, question, ask, () => false),
    note: (signal, question, answer) =>
      void answersOf(signal).set(question, Promise.resolve(answer)),
    forget: () => void (runs = new WeakMap()),
  };
}
