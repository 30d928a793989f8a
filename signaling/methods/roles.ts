/** Lists of roles that methods are permitted to, by what their holders do. */
import type { Role } from '../protocol/roles.ts';

/** Those who lead the incident from where they are: centre, coordinator, crew. */
export const LEADING = ['dispatcher', 'coordinator', 'crew'] as const satisfies readonly Role[];
/** Those who oversee all incidents. */
export const CENTRAL = ['dispatcher', 'coordinator'] as const satisfies readonly Role[];
/** Those at the patient's side. */
export const AT_PATIENT = ['crew', 'wearer'] as const satisfies readonly Role[];
/** Those who give orders. */
export const DOCTORS = ['coordinator', 'specialist'] as const satisfies readonly Role[];
/** Those on whose side a call for help rings, and who may answer it. */
export const ANSWERING = ['coordinator', 'specialist', 'dispatcher'] as const satisfies readonly Role[];
/** Members of the public who come by a link to their phone. */
export const BY_LINK = ['bystander', 'volunteer'] as const satisfies readonly Role[];
