import { actionName, type ShellCommand } from '@ameide/source-files/workflows';
import { callOf, isComputed, packageManagerCall } from './calls.ts';
import type { JobFacts } from './facts.ts';
import { isOurs, unknownActions } from './job-needs.ts';
import { isBuilding } from './known-programs.ts';
import { publishedBy } from './publishing.ts';
import { shortText } from './short-text.ts';

/**
 * What a job runs of which nobody can say that it leaves git's credentials and the manifests alone, as it is
 * written. Undefined if everything is known: only then is a fix safe.
 */
export function unseenIn(job: JobFacts): string | undefined {
  const action = unknownActions(job).find((one) => !WITHOUT_GIT.test(actionName(one)));
  if (action !== undefined) return `uses: ${action}`;
  const [unfollowed] = job.unfollowed;
  if (unfollowed !== undefined) return unfollowed;
  const command = job.scripts.flatMap(({ commands }) => commands).find((one) => !isKnown(one));
  return command === undefined ? undefined : shortText(command);
}

/** Actions that may use a token, but neither git nor the files of the checkout. */
const WITHOUT_GIT =
  /^(?:pypa\/gh-action-pypi-publish|js-devtools\/npm-publish|softprops\/action-gh-release|ncipollo\/release-action|actions\/(?:attest(?:-[a-z-]+)?|create-github-app-token|configure-pages|upload-pages-artifact|deploy-pages|labeler|stale)|github\/codeql-action\/[a-z-]+|docker\/bake-action|depot\/(?:setup-action|build-push-action|bake-action)|useblacksmith\/(?:setup-docker-builder|build-push-action)|google-github-actions\/(?:auth|setup-gcloud)|aws-actions\/(?:configure-aws-credentials|amazon-ecr-login)|azure\/(?:login|docker-login|setup-helm|setup-kubectl)|gradle\/actions\/setup-gradle|ruby\/setup-ruby|hashicorp\/setup-terraform|extractions\/setup-just|aquasecurity\/trivy-action|anchore\/(?:sbom-action|scan-action)|slackapi\/slack-github-action)$/;

const GIT =
  /^(?:add|apply|archive|blame|branch|cat-file|check-ignore|checkout|cherry-pick|clean|commit|config|describe|diff|diff-index|for-each-ref|grep|hash-object|init|log|ls-files|ls-tree|merge|merge-base|mv|name-rev|reset|restore|rev-list|rev-parse|rm|shortlog|show|show-ref|stash|status|switch|symbolic-ref|tag|update-index|version|worktree|write-tree)$/;
const DOCKER =
  /^(?:build|buildx|image|images|info|inspect|load|login|logout|manifest|pull|push|save|tag|version)$/;
const KNOWN = new Set(
  'cosign crane skopeo syft helm kubectl twine flit maturin curl wget openssl gpg sha256sum shasum base64 true false kill wait trap test grep jq yq yamllint actionlint shellcheck hadolint zizmor changeset gzip ps env id whoami hostname uname df du free ulimit mktemp realpath readlink seq expr let getopts alias break continue umask'.split(
    ' ',
  ),
);

function isKnown(command: ShellCommand): boolean {
  const call = callOf(command);
  if (call === undefined) return true;
  const { program, word } = call;
  const first = call.args.map(({ value }) => value).find((one) => !one.startsWith('-')) ?? '';
  if (program === 'git') return GIT.test(gitCommand(call.args.map(({ value }) => value)));
  if (/^(?:docker|podman|buildah)$/.test(program)) return DOCKER.test(first);
  if (program === 'gh')
    return /^(?:api|auth|issue|label|release|run|variable|workflow)$/.test(first);
  // What these run is followed, or is in `unfollowed`.
  if (packageManagerCall(call) !== undefined || /^(?:node|python[\d.]*)$/.test(program))
    return true;
  if (isComputed(word.value) || (word.value.includes('/') && !isInstalled(word.value))) return true;
  return (
    isOurs(call) ||
    isBuilding(call) ||
    KNOWN.has(program) ||
    publishedBy(call, undefined, { packageNames: new Map() })?.ecosystem === 'pypi'
  );
}

function isInstalled(word: string): boolean {
  return /^\/|(?:^|\/)node_modules\/\.bin\//.test(word);
}

/** The first word that is neither a flag nor the value of one. */
function gitCommand(values: readonly string[]): string {
  return (
    values.find((one, index) => !one.startsWith('-') && !/^-[Cc]$/.test(values[index - 1] ?? '')) ??
    'version'
  );
}
