import type { Holder } from './access.ts';
import type { Reply } from './reply.ts';
import type { StoredRepository, World } from './world.ts';

/** One request, as a handler receives it. */
export interface Call {
  readonly world: World;
  /** `http://127.0.0.1:PORT`, as the client addressed it. */
  readonly origin: string;
  /** The whole address, with the query. */
  readonly url: URL;
  readonly path: Readonly<Record<string, string>>;
  /** The body, if it is JSON. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly content: Content;
  readonly accept: string;
  readonly holder: Holder | 'anonymous';
}

/** The body of a request, as bytes. */
export interface Content {
  readonly bytes: Uint8Array;
  readonly type: string;
  /** True if the client announced its length. */
  readonly hasLength: boolean;
  /** False if the client closed the connection before the end. */
  readonly isComplete: boolean;
}

/** A call about a repository that the client may see. */
export interface RepositoryCall extends Call {
  readonly repository: StoredRepository;
}

/** The rights that a request needs, and the function that answers it. */
export type Handler =
  | { readonly needs: 'nothing' | 'token'; handle(call: Call): Reply | Promise<Reply> }
  | {
      readonly needs: 'read' | 'push' | 'admin';
      handle(call: RepositoryCall): Reply | Promise<Reply>;
    };

/** Handlers by the id of their operation. */
export type Handlers = Readonly<Record<string, Handler>>;

/** The login of the token's holder; `ghost` without a token. */
export function loginOf({ holder }: Call): string {
  return holder === 'anonymous' ? 'ghost' : holder.login;
}
