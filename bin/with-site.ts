/** Opens what the site keeps for helpers at the scene, for one command, also while the service runs on the same database. */
import type { Config } from '../platform/config/schema.ts';
import type { Site } from '../signaling/bystander/site.ts';
import type { People } from '../signaling/people/people.ts';
import { withPeople } from './with-people.ts';

export interface OpenedSite {
  readonly site: Site;
  /** For the audit. */
  readonly people: People;
  readonly config: Config;
  /** Where the bystander's door answers. */
  readonly bystanderOrigin: string;
}

/** Runs `action` and closes everything after it. */
export async function withSite<T>(
  settings: readonly string[],
  action: (opened: OpenedSite) => Promise<T>,
): Promise<T> {
  const { openSite } = await import('../signaling/bystander/site.ts');
  const { ownOrigin } = await import('../platform/tls/addresses.ts');
  return withPeople(settings, async ({ people, config, database, masterKey }) => {
    const isProduction = process.env.NODE_ENV === 'production';
    const site = await openSite({ database, masterKey, isProduction });
    const { publicOrigin, port } = config.bystander;
    const bystanderOrigin = publicOrigin ?? ownOrigin(config.tls.hostnames, port);
    return action({ site, people, config, bystanderOrigin });
  });
}

/** `LAT,LON` in degrees, WGS-84; undefined when it is something else. */
export function parsePoint(text: string): { lat: number; lon: number } | undefined {
  const [lat, lon, ...more] = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (lat === undefined || lon === undefined || more.length > 0) return undefined;
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : undefined;
}
