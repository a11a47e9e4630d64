/** The name of one thing in Ameide: `tenants/acme/graphs/orders`. */
export interface ResourceName {
  readonly tenant: string;
  readonly kind: string;
  readonly id: string;
}

const PART = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const NAME = new RegExp(`^tenants/(${PART})/(${PART})/(${PART})$`);

/** Reads `tenants/<tenant>/<kind>/<id>`. Throws a RangeError for anything else. */
export function parseResourceName(text: string): ResourceName {
  const [, tenant, kind, id] = NAME.exec(text) ?? [];
  if (tenant === undefined || kind === undefined || id === undefined) {
    throw new RangeError(
      `not a resource name: ${JSON.stringify(text)}; expected tenants/<tenant>/<kind>/<id>`,
    );
  }
  return { tenant, kind, id };
}

/** Writes what `parseResourceName` reads. */
export function formatResourceName({ tenant, kind, id }: ResourceName): string {
  const text = `tenants/${tenant}/${kind}/${id}`;
  parseResourceName(text);
  return text;
}
