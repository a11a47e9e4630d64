/**
 * The identity of a CI job, as a short-lived token (OpenID Connect): for registries that trust a workflow
 * instead of a stored token, and for signing without a key.
 */

export { type IdentityClaims, readClaims } from './claims.ts';
export { describeIdentity, providerName } from './describe-identity.ts';
export { type ExchangePorts, exchangeIdentity, type IdentityExchange } from './exchange.ts';
export { howToGetIdentity } from './how-to-get-identity.ts';
export { findIdentity, type Identity, type IdentityProvider } from './identity.ts';
export { type NeedsIdentity, needsIdentity } from './needs-identity.ts';
