/** Organisations and units to choose from. Administration is not part of the SDK, so the pages ask HTTP themselves. */
import * as z from 'zod/mini';
import { Organisation } from '../../signaling/protocol/http.ts';
import { Id, Label } from '../../signaling/protocol/values.ts';

const OrganisationItem = z.object({ ...Organisation.shape, disabled: z.optional(z.boolean()) });
const UnitItem = z.object({ unitId: Id, name: Label, disabled: z.optional(z.boolean()) });
const Organisations = z.object({ organisations: z.array(OrganisationItem) });
const Units = z.object({ units: z.array(UnitItem) });

export interface Directory {
  readonly organisations: readonly { organisationId: string; name: string; kind: string }[];
  readonly units: readonly { unitId: string; name: string }[];
}

const DEADLINE_MS = 10_000;

async function get<S extends z.ZodMiniType>(path: string, parser: S): Promise<z.infer<S>> {
  const answer = await fetch(path, { credentials: 'include', signal: AbortSignal.timeout(DEADLINE_MS) });
  if (!answer.ok) throw new Error(`${path} was answered with status ${answer.status}.`);
  return parser.parse(await answer.json());
}

/** All organisations and units in use. Rejects for who is no staff, and offline. */
export async function readDirectory(): Promise<Directory> {
  const [{ organisations }, { units }] = await Promise.all([
    get('/api/organisations', Organisations),
    get('/api/units', Units),
  ]);
  return {
    organisations: organisations.filter((each) => each.disabled !== true),
    units: units.filter((each) => each.disabled !== true),
  };
}
