/** What the HTTP interface needs of the rest; handed in by `main.ts` and by tests. */
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/log.ts';
import type { Registry } from '../../platform/metrics.ts';
import type { Site } from '../bystander/site.ts';
import type { DispatchDoor } from '../links/dispatch.ts';
import type { People } from '../people/people.ts';
import type { PublicConfig } from '../protocol/http.ts';
import type { SmsReportDoor } from '../protocol/sms.ts';
import type { TcprLimits } from '../protocol/tcpr.ts';
import type { Recordings } from '../recordings/recordings.ts';
import type { Rooms } from '../rooms/types.ts';
import type { HttpLimits } from './limits.ts';
import type { MetricsAccess } from './operator.ts';

export interface HttpServices {
  readonly people: People;
  readonly rooms: Pick<Rooms, 'at'>;
  readonly recordings: Recordings;
  readonly site: Pick<Site, 'guidance' | 'volunteers' | 'compressions' | 'lengths'>;
  readonly tcpr: () => TcprLimits;
  /** Takes reports of the SMS gateway; absent where none are expected. */
  readonly smsReports?: SmsReportDoor;
  /** Opens incidents for dispatch's system; absent in tests that need none. */
  readonly dispatch?: DispatchDoor;
  readonly log: Logger;
  readonly clock: Clock;
  readonly registry: Registry;
  readonly config: () => PublicConfig;
  /** The local authority's certificate in PEM, when one is in use. */
  readonly authority: () => string | undefined;
  /** What must work before traffic is sent here, by name; each rejects when it does not. */
  readonly readiness: Readonly<Record<string, () => Promise<void>>>;
  /** What should work but keeps nobody from the call, told beside it in the same way. */
  readonly notices?: Readonly<Record<string, () => Promise<void>>>;
}

export interface HttpOptions extends HttpServices {
  /** The folder of the built pages, with `index.html`; absent in tests of the interface alone. */
  readonly pagesFolder?: string;
  /** Origins beside the service's own that may change things, such as `https://hospital.example`. */
  readonly origins?: readonly string[];
  /** Addresses and networks of reverse proxies whose forwarding headers count. */
  readonly trustProxy?: readonly string[];
  /** True only with a certificate that browsers trust by themselves. */
  readonly hsts?: boolean;
  /** Origins beside its own that pictures may come from, such as a map server of the site. */
  readonly imageOrigins?: readonly string[];
  /** Who may read `/metrics`. */
  readonly metrics?: MetricsAccess;
  readonly limits?: HttpLimits;
}
