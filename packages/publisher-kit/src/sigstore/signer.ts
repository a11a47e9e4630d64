import type { Result } from '@ameide/versioning-core';
import type { Statement } from './statement.ts';

/** Signs statements: without a key of its own, or with one. */
export interface StatementSigner {
  /** Returns a Sigstore bundle as JSON (sigstore/protobuf-specs, `Bundle`, version 0.3). */
  sign(statement: Statement, signal: AbortSignal): Promise<Result<Uint8Array>>;
}

/** The media type of a bundle that is attached to an image. */
export const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
