/**
 * A request that the index refuses. Clients show the message, which PyPI puts into the HTTP reason
 * phrase as well as the body.
 */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
  }
}

/** 400 with this message. */
export function badRequest(message: string): Refusal {
  return new Refusal(400, message);
}
