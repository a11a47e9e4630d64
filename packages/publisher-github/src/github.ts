import type { PublisherDefinition, SourceTree } from '@ameide/versioning-core';
import { settingsOf } from '@ameide/versioning-core/options';
import type { GithubOptions } from './options.ts';
import { createTarget, parseOptions } from './parse-options.ts';
import type { GithubBuilt, GithubPlan } from './plan.ts';
import { createPublisher, type GithubPublisher } from './publisher.ts';

export interface GithubDefinition extends PublisherDefinition<GithubPlan, GithubBuilt> {
  open(source: SourceTree): Promise<GithubPublisher>;
}

/**
 * Publishes the release of a commit on GitHub: its tag, notes and files. Releases and candidates have
 * one; a dev build has none. Throws `InvalidInputError` for a wrong option.
 */
export function github(options: GithubOptions): GithubDefinition {
  const parsed = parseOptions(options);
  const target = createTarget(parsed);
  return {
    label: `github(${parsed.repository})`,
    settings: settingsOf(parsed),
    open: async () => createPublisher(target),
  };
}
