/** What no single option can know: whether the options fit together. */
import type { Config } from './schema.ts';

export interface Problem {
  /** The option, variable, argument or file. */
  readonly where: string;
  readonly wrong: string;
  readonly allowed: string;
}

export function crossChecks(config: Config): Problem[] {
  return [...tlsChecks(config), ...clusterChecks(config), ...iceChecks(config), ...portChecks(config)];
}

function* tlsChecks({ tls }: Config): Iterable<Problem> {
  if ((tls.certFile === undefined) === (tls.keyFile === undefined)) return;
  const missing = tls.certFile === undefined ? 'tls.certFile' : 'tls.keyFile';
  yield {
    where: missing,
    wrong: 'is missing beside the other of the pair',
    allowed: 'both tls.certFile and tls.keyFile, or neither',
  };
}

/** A listener of a split installation: a whole certificate or none, and none only on loopback. */
function* controlChecks(
  where: string,
  control: Config['sfu']['control'],
  listens: boolean,
): Iterable<Problem> {
  const { host, certFile, keyFile } = control;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    yield {
      where: `${where}.${certFile === undefined ? 'certFile' : 'keyFile'}`,
      wrong: 'is missing beside the other of the pair',
      allowed: 'both of them, or neither',
    };
  }
  if (listens && certFile === undefined && !/^(?:127\.|::1$|localhost$)/.test(host)) {
    yield {
      where: `${where}.host`,
      wrong: 'would carry keys of media between machines in the clear',
      allowed: `a loopback address, or any address with ${where}.certFile and ${where}.keyFile`,
    };
  }
}

function* clusterChecks({ role, cluster, database, sfu, recording }: Config): Iterable<Problem> {
  if (role === 'all') return;
  yield* controlChecks('sfu.control', sfu.control, role === 'sfu');
  yield* controlChecks('recording.control', recording.control, role === 'recorder');
  if (cluster.secret === undefined) {
    yield {
      where: 'cluster.secret',
      wrong: `is needed for role ${role}`,
      allowed:
        'the same text of at least 32 characters in all processes, such as the output of "openssl rand -hex 32"',
    };
  }
  if (role === 'signaling' && cluster.nodes.length === 0) {
    yield {
      where: 'cluster.nodes',
      wrong: 'is empty',
      allowed: 'at least one media node for role signaling',
    };
  }
  for (const list of ['nodes', 'recorders'] as const) {
    const ids = cluster[list].map(({ id }) => id);
    if (new Set(ids).size === ids.length) continue;
    yield { where: `cluster.${list}`, wrong: 'names a node twice', allowed: 'each id once' };
  }
  if (database.url === 'sqlite::memory:' && role === 'signaling') {
    yield {
      where: 'database.url',
      wrong: 'keeps nothing',
      allowed: 'a file or postgres:// for role signaling',
    };
  }
}

function* iceChecks({ ice }: Config): Iterable<Problem> {
  if (ice.turn.urls.length > 0 && ice.turn.secret === undefined) {
    yield {
      where: 'ice.turn.secret',
      wrong: 'is missing beside ice.turn.urls',
      allowed: "coturn's static-auth-secret",
    };
  }
  const relays = [...ice.turn.urls, ...ice.iceServers.flatMap(({ urls }) => urls)].filter((url) =>
    url.startsWith('turn'),
  );
  if (ice.relayOnly && relays.length === 0) {
    yield {
      where: 'ice.relayOnly',
      wrong: 'leaves clients without any path, since no TURN server is named',
      allowed: 'true only with ice.turn.urls or a turn: address in ice.iceServers',
    };
  }
}

function* portChecks({ role, http, sfu, bystander }: Config): Iterable<Problem> {
  const workers = sfu.workers ?? 1;
  const taken: [string, number][] = [];
  if (role === 'recorder') return;
  if (role !== 'sfu') taken.push(['http.port', http.port]);
  if (role !== 'sfu' && bystander.enabled) taken.push(['bystander.port', bystander.port]);
  if (role === 'sfu') taken.push(['sfu.control.port', sfu.control.port]);
  if (role === 'signaling' || sfu.rtcBasePort === 0) return;
  for (const [where, port] of taken) {
    if (port < sfu.rtcBasePort || port >= sfu.rtcBasePort + workers) continue;
    yield {
      where,
      wrong: `${port} is also a media port`,
      allowed: `a port outside ${sfu.rtcBasePort} to ${sfu.rtcBasePort + workers - 1}`,
    };
  }
}

/** Returns the candidate that is closest to `text` in spelling, when one is close at all. */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(text.toLowerCase(), candidate.toLowerCase());
    if (best === undefined || distance < best.distance) best = { candidate, distance };
  }
  return best !== undefined && best.distance <= Math.max(2, text.length / 4) ? best.candidate : undefined;
}

/** The Levenshtein distance: the number of letters to insert, remove or replace. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replaced));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
