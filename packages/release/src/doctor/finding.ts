import type { Edit } from '@ameide/source-files/text';

/** One place where a repository is not laid out as a release needs it. */
export interface Finding {
  /** The rule that found it: `python-placeholder`. */
  readonly rule: string;
  /** What is wrong here, in one sentence. */
  readonly message: string;
  /** The exact change: what to write instead, or the command to run. */
  readonly hint: string;
  /** Relative to the repository's root, with `/`. */
  readonly path: string;
  /** Counted from 1. Absent if the finding is about the whole file. */
  readonly line?: number;
  readonly column?: number;
  /**
   * Findings of one rule with the same text here are shown as one: it follows the number of files, as in
   * `146 files state another version`.
   */
  readonly together?: string;
  /** Absent if a person has to decide. */
  readonly fix?: readonly FileFix[];
}

/** A safe change of one file: all other bytes stay as they are. */
export interface FileFix {
  readonly path: string;
  readonly edits: readonly Edit[];
}

/** One rule that `doctor` checks. `Facts` is what it looks at. */
export interface Rule<Facts> {
  /** Stable, kebab-case. */
  readonly name: string;
  /** What it asks for, in one sentence. */
  readonly title: string;
  /** Why it matters: what happens otherwise to people who install or publish. */
  readonly why: string;
  /** Throws nothing: what it cannot read is a finding. */
  find(facts: Facts): readonly Finding[] | Promise<readonly Finding[]>;
}
