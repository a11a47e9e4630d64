import type { Secret } from '@ameide/publisher-kit';

/** How we sign in to a registry. */
export interface Login {
  readonly user: string;
  /** A password or token; or a refresh token, if `kind` says so. */
  readonly password: Secret;
  /**
   * `refresh-token`: an identity token, as `docker login` gets it from Azure. It buys a Bearer token
   * and is no password.
   */
  readonly kind?: 'refresh-token';
}
