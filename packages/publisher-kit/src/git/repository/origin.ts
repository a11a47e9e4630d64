import { type GitCall, text, tryGit } from '../git-command.ts';

/** The remote that a clone comes from. */
export interface Origin {
  /** `origin`, or the name of the only remote. */
  readonly remote: string;
  /**
   * Its addresses, without credentials: as configured, as `insteadOf` rewrites it, and with the
   * host that ssh's configuration gives for an alias.
   */
  readonly addresses: readonly [string, ...string[]];
}

/** Returns `remote.origin.url` unchanged: it may contain a credential. */
export async function originAddress(call: GitCall): Promise<string | undefined> {
  return addressOf('origin', call);
}

/**
 * Reads the remote that a clone comes from. Undefined if it has none, or several and none is called
 * `origin`. Offline.
 */
export async function readOrigin(call: GitCall): Promise<Origin | undefined> {
  const names = lines(await tryGit(['remote'], call));
  const remote = names.includes('origin') ? 'origin' : names.length === 1 ? names[0] : undefined;
  const configured = remote === undefined ? undefined : await addressOf(remote, call);
  if (remote === undefined || configured === undefined) return undefined;
  const [rewritten = configured] = lines(await tryGit(['remote', 'get-url', '--', remote], call));
  const written = [configured, rewritten].map(withoutCredential);
  const hosts = await Promise.all(written.map((address) => withoutAlias(address, call)));
  const [first = '', ...others] = new Set([...written, ...hosts]);
  return { remote, addresses: [first, ...others] };
}

/** git fetches from the first address of several. */
async function addressOf(remote: string, call: GitCall): Promise<string | undefined> {
  const result = await tryGit(['config', '--null', '--get-all', `remote.${remote}.url`], call);
  const [first] = result.ok ? text(result).split('\0') : [];
  return first === '' ? undefined : first;
}

function lines(result: Awaited<ReturnType<typeof tryGit>>): readonly string[] {
  return result.ok ? text(result).split('\n').filter(Boolean) : [];
}

function withoutCredential(address: string): string {
  return address.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1');
}

const SSH_URL = /^((?:git\+)?ssh:\/\/(?:[^@/]+@)?)([A-Za-z0-9][\w.-]+)/i;
const SCP = /^((?:[^@/:\s]+@)?)([A-Za-z0-9][\w.-]+)(?=:(?!\/\/).)/;

/** Replaces an alias of ssh_config(5), `Host work`, by the host that it stands for. */
async function withoutAlias(address: string, call: GitCall): Promise<string> {
  const [all = '', before = '', host] = SSH_URL.exec(address) ?? SCP.exec(address) ?? [];
  const name = host === undefined ? undefined : await hostName(host, call);
  return name === undefined ? address : before + name + address.slice(all.length);
}

/** Asks ssh, which reads its configuration and connects to nothing. */
async function hostName(
  host: string,
  { directory, processes }: Pick<GitCall, 'directory' | 'processes'>,
): Promise<string | undefined> {
  const result = await processes.run({
    argv: ['ssh', '-G', '--', host],
    cwd: directory,
    trust: 'all',
  });
  return result.ok ? /^hostname (\S+)$/m.exec(result.stdoutText)?.[1] : undefined;
}
