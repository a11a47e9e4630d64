import { AmeideClient, parseResourceName } from '@ameideio/ameide-sdk-ts';

/** One line for the status page of a tenant: it compiles only while the SDK keeps its promises. */
export async function statusLine(platform: string, resource: string): Promise<string> {
  const { tenant } = parseResourceName(resource);
  const { status, version } = await new AmeideClient(platform).health();
  return `${tenant}: ${status} (platform ${version})`;
}
