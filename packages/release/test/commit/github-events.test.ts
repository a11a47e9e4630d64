import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCommit } from '../../src/commit/commit.ts';
import { GITHUB_EVENTS } from '../../src/commit/github-events.ts';
import { createFakeWorld, fake } from '../fake-publisher.ts';
import { createGitWorld, type GitWorld, VERSION_FILE } from '../support/git-world.ts';
import { plan, publish } from '../support/run.ts';
import { type Commits, REPOSITORY, ROWS, type Row } from './github-event-rows.ts';
import { payloadFile } from './webhook.ts';

function createCommits(): { readonly git: GitWorld; readonly commits: Commits } {
  const git = createGitWorld({ origin: `https://github.com/${REPOSITORY}` });
  const main = git.git('rev-parse', 'HEAD');
  git.git('tag', 'v0.1.0');
  git.git('checkout', '--quiet', '--detach');
  git.write('theirs.txt', 'x');
  return { git, commits: { main, theirs: git.commit('theirs') } };
}

/** What the runner sets. */
function environment({ at, event, payload, ref, sha = at }: Row, commits: Commits) {
  return {
    GITHUB_ACTIONS: 'true',
    GITHUB_EVENT_NAME: event,
    GITHUB_EVENT_PATH: payloadFile(payload(commits)),
    GITHUB_REF: ref,
    GITHUB_REPOSITORY: REPOSITORY,
    GITHUB_SHA: commits[sha],
  };
}

describe('each event of GitHub Actions', () => {
  test.each(ROWS.map((row) => [row.event, row.title, row] as const))(
    '%s: %s',
    async (_, __, row) => {
      const { git, commits } = createCommits();
      git.git('checkout', '--quiet', '--detach', commits[row.at]);
      const repository = await git.open();
      const env = environment(row, commits);
      const commit = await readCommit(repository, { base: { versionFile: VERSION_FILE }, env });
      expect([commit.channel.kind, commit.ref]).toEqual(row.is);
      const registry = createFakeWorld();
      const given = { git, repository, env };
      const report = await publish([fake(registry, 'a')], given);
      if (row.is[0] !== 'pull-request')
        return expect(report).toMatchObject({ exitCode: 0, release: { channel: row.is[0] } });
      expect(report).toMatchObject({ exitCode: 2, problems: [{ code: 'pull-request' }] });
      expect(registry.log).toEqual([]);
      expect(await plan([fake(registry, 'a')], given)).toMatchObject({ exitCode: 0 });
    },
  );

  test('has a row', () => {
    const rows = new Set(ROWS.map(({ event }) => event));
    expect(Object.keys(GITHUB_EVENTS).filter((event) => !rows.has(event))).toEqual([]);
  });

  test('that GitHub’s own parser of workflows accepts has a rule', () => {
    const parser = import.meta.resolve('@actions/workflow-parser');
    const schema = readFileSync(new URL('workflow-v1.0.min.json', parser), 'utf8');
    const events = JSON.parse(schema).definitions['on-mapping-strict'].mapping.properties;
    // A called workflow has its caller's event; comments on pull requests are `issue_comment`.
    const none = ['workflow_call', 'pull_request_comment'];
    const known = [...Object.keys(GITHUB_EVENTS), ...none];
    expect(known.sort()).toEqual(Object.keys(events).sort());
  });
});
