/** What the platform says of itself. */
export interface Health {
  readonly status: string;
  readonly version: string;
}

/** Talks to one Ameide platform. */
export class AmeideClient {
  readonly baseUrl: string;

  constructor(baseUrl: string) {
    this.baseUrl = baseUrl.replace(/\/+$/, '');
  }

  /** GET /v1/health. Throws when the platform does not answer with 200 and JSON. */
  async health(): Promise<Health> {
    const response = await fetch(`${this.baseUrl}/v1/health`, {
      headers: { accept: 'application/json' },
    });
    if (!response.ok) throw new Error(`health: HTTP ${response.status}`);
    return (await response.json()) as Health;
  }
}
