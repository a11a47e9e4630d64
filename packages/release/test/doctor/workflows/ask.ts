import type { SourceFiles } from '@ameide/versioning-core';
import type { Finding } from '../../../src/doctor/finding.ts';
import { findAll } from '../../../src/doctor/run-rules.ts';
import {
  type NamedArtifact,
  readWorkflowFacts,
  workflowRules,
} from '../../../src/doctor/workflows/index.ts';

/** Files by their paths. */
export type Files = Readonly<Record<string, string>>;

export function sourceFiles(files: Files): SourceFiles {
  return {
    readText: async (path) => files[path],
    readBytes: async (path) => {
      const text = files[path];
      return text === undefined ? undefined : Buffer.from(text);
    },
    list: async () => Object.keys(files).map((path) => ({ path, mode: 'file' })),
  };
}

/** What all rules find in a repository of these files. */
export async function ask(
  files: Files,
  published: readonly NamedArtifact[] = [],
): Promise<readonly Finding[]> {
  const facts = await readWorkflowFacts(sourceFiles(files), published);
  return findAll(workflowRules, facts);
}

/** The line of a finding, as it is in its file. */
export function lineOf({ line = 1, path }: Finding, files: Files): string {
  return files[path]?.split(/\r?\n/)[line - 1]?.trim() ?? '';
}

export const CHECKOUT = 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1';
export const WORKFLOW = '.github/workflows/ci.yml';

/** A workflow in which nothing is to be found, around some steps. */
export function workflow(
  steps: string,
  {
    job = '',
    on = 'push',
    top = 'concurrency: publish',
  }: { readonly job?: string; readonly on?: string; readonly top?: string } = {},
): string {
  const indented = (text: string, by: number): string =>
    text.trim().replaceAll(/^(?=.)/gm, ' '.repeat(by));
  return `name: ci
on: ${on}
permissions: {}
${top}
jobs:
  work:
    runs-on: ubuntu-24.04
    permissions:
      contents: read
${indented(job, 4)}
    steps:
${indented(steps, 6)}
`;
}
