/** What a service answers. An object is sent as JSON. */
export interface ServiceAnswer {
  readonly status: number;
  readonly body: object | string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that a service refuses, with the status and the words of the real one. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  /** For the log and for tests: what the real service keeps to itself. */
  readonly reason: string;

  constructor(status: number, message: string, reason: string = message) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}
