import assert from 'node:assert/strict';
import { isAppError } from '../../../platform/errors.ts';
import { isInAudience } from '../../protocol/audience.ts';
import type { LogEntry } from '../../protocol/entry.ts';
import { evolve } from '../../protocol/evolve.ts';
import type { Need } from '../../protocol/guidance.ts';
import type { LinkUse } from '../../protocol/links.ts';
import { initialRoomState, type RoomState } from '../../protocol/state.ts';
import type { RoomCommand, RoomCommandParams, RoomCommandResult } from '../commands.ts';
import { prepareCommit } from '../commit.ts';
import { newRoomKey } from '../entry-seal.ts';
import { bystander, crew, dispatcher, doctor, incident, joining, person } from '../testing/people.ts';
import { type Actor, SYSTEM } from '../types.ts';
import { deciders } from './deciders.ts';

const START = Date.UTC(2026, 0, 1);
const chest = person('chest', 'bystander', 'public');
const volunteer = person('volunteer', 'volunteer', 'public');

/** A room with a dispatcher, crew and guests of links, as a fold of decisions. */
class Scene {
  state: RoomState = initialRoomState();
  readonly entries: LogEntry[] = [];
  readonly #key = newRoomKey();
  utc = START;

  constructor(need: Need = 'arrest') {
    this.do('room.open', incident, dispatcher);
    this.#guest(bystander.principalId, 'camera', need);
    this.#guest(chest.principalId, 'chest', 'none');
    this.#guest(volunteer.principalId, 'volunteer', 'none');
    for (const who of [dispatcher, crew, doctor, bystander, chest, volunteer])
      this.do('peer.join', joining(who), who);
  }

  #guest(openingId: string, use: LinkUse, need: Need): void {
    const linkId = `link-${openingId}`;
    const link = { linkId, use, need, helpers: 'unknown', language: 'en', expiresAt: START + 1 } as const;
    this.do('link.add', link, dispatcher);
    this.do('link.open', { linkId, openingId }, SYSTEM);
  }

  do<C extends RoomCommand>(command: C, params: RoomCommandParams<C>, actor: Actor): RoomCommandResult<C> {
    this.utc += 1000;
    const now = { at: this.utc - START, utc: this.utc };
    const { facts, result } = deciders[command](this.state, params, actor, now);
    const context = { roomId: 'room', key: this.#key, epoch: 1, now, actor: actor.principalId };
    for (const { entry } of prepareCommit(facts, { seq: this.state.seq, hash: '' }, context).open) {
      this.state = evolve(this.state, entry);
      this.entries.push(entry);
    }
    return result;
  }

  refuses<C extends RoomCommand>(code: string, command: C, params: RoomCommandParams<C>, actor: Actor): void {
    const before = this.state;
    assert.throws(
      () => this.do(command, params, actor),
      (error) => isAppError(error, code) && error.whatToDo !== undefined,
      `${command} should be refused with ${code}`,
    );
    assert.equal(this.state, before);
  }

  changesNothing<C extends RoomCommand>(command: C, params: RoomCommandParams<C>, actor: Actor): void {
    const { seq } = this.state;
    this.do(command, params, actor);
    assert.equal(this.state.seq, seq, `${command} should change nothing`);
  }

  get metronome() {
    return this.state.bystander.metronome;
  }
}

describe('What a page reports', () => {
  const report = { camera: 'asked', battery: { level: 0.5, charging: false } } as const;

  it('is a fact where it is new, field by field, and about itself alone', () => {
    const scene = new Scene();
    scene.do('page.report', { report }, bystander);
    scene.changesNothing('page.report', { report: { ...report, battery: { ...report.battery } } }, bystander);
    scene.do('page.report', { report: { ...report, camera: 'live' } }, bystander);
    const [event] = scene.entries.at(-1)?.events ?? [];
    assert.deepEqual(event, {
      type: 'PageReported',
      peerId: bystander.peerId,
      report: { camera: 'live' },
    });
    scene.refuses('forbidden', 'page.report', { report }, dispatcher);
    assert.deepEqual(Object.keys(scene.state.bystander.pages), [bystander.peerId]);
  });

  it('of its place is in WGS-84, and leaves the address as it is', () => {
    const scene = new Scene();
    const address = { text: 'North Road 5', point: { lat: 1, lon: 2 } };
    scene.do('incident.setAddress', { address, source: 'dispatch' }, dispatcher);
    const point = { lat: 39.91334545536069, lon: 116.38404722455657 };
    const place = { point, datum: 'gcj02', accuracyM: 20, source: 'device', measuredAt: scene.utc } as const;
    scene.do('location.report', place, bystander);
    const { position } = scene.state.bystander.pages[bystander.peerId] ?? {};
    assert.ok(position && Math.abs(position.point.lat - 39.911954) < 1e-5);
    assert.ok(Math.abs(position.point.lon - 116.377817) < 1e-5);
    assert.equal(position.datum, 'gcj02');
    assert.deepEqual(scene.state.bystander.address, { ...address, source: 'dispatch' });
    scene.changesNothing('location.report', place, bystander);
    scene.utc += 60_000;
    scene.do('location.report', { ...place, measuredAt: scene.utc + 3_600_000 }, bystander);
    const later = scene.state.bystander.pages[bystander.peerId]?.position;
    assert.equal(later?.measuredAt, scene.utc, 'a clock that runs ahead');
  });
});

describe('The place of a phone that moves', () => {
  it('is stated every few seconds, and at once when it is found much better', () => {
    const scene = new Scene();
    const place = (lat: number, accuracyM: number, measuredAt: number) =>
      ({ point: { lat, lon: 10 }, datum: 'wgs84', accuracyM, source: 'device', measuredAt }) as const;
    scene.utc += 60_000;
    const { utc } = scene;
    scene.do('location.report', place(1, 100, utc), bystander);
    scene.changesNothing('location.report', place(1.001, 100, utc + 1000), bystander);
    scene.do('location.report', place(1.001, 20, utc + 1500), bystander);
    scene.utc += 10_000;
    scene.do('location.report', place(1.002, 20, utc + 5000), bystander);
    assert.equal(scene.state.bystander.pages[bystander.peerId]?.position?.point.lat, 1.002);
  });
});

describe('What a phone is asked', () => {
  it('reaches that phone alone, and a zoom names its factor', () => {
    const scene = new Scene();
    const ask = { peerId: bystander.peerId, what: 'zoom' } as const;
    scene.refuses('bad-request', 'bystander.ask', ask, dispatcher);
    scene.refuses('forbidden', 'bystander.ask', { ...ask, zoom: 2 }, doctor);
    scene.refuses('not-found', 'bystander.ask', { ...ask, peerId: 'nobody', zoom: 2 }, dispatcher);
    scene.do('bystander.ask', { ...ask, zoom: 2 }, dispatcher);
    const audience = scene.entries.at(-1)?.audience;
    assert.ok(typeof audience === 'object' && !audience.roles?.includes('bystander'));
    assert.deepEqual(audience.peers, [bystander.peerId]);
  });
});

describe('The metronome', () => {
  const on = (source: 'bystander' | 'page' | 'dispatcher' | 'measured', rate?: number) =>
    ({ on: true, source, ...(rate === undefined ? {} : { rate }) }) as const;
  const stop = { on: false, source: 'bystander', reason: 'moves-or-breathes' } as const;

  it('begins by itself for an arrest alone, at 110', () => {
    const scene = new Scene();
    scene.do('metronome.set', on('page'), bystander);
    assert.deepEqual([scene.metronome?.on, scene.metronome?.rate], [true, 110]);
    const other = new Scene('bleeding');
    other.refuses('forbidden', 'metronome.set', on('page'), bystander);
    other.do('metronome.set', on('dispatcher'), dispatcher);
  });

  it('is stopped by the bystander with a reason, and begins again by no reload', () => {
    const scene = new Scene();
    scene.do('metronome.set', on('page'), bystander);
    scene.refuses('bad-request', 'metronome.set', { on: false, source: 'bystander' }, bystander);
    scene.refuses('bad-request', 'metronome.set', { on: false, source: 'page' }, bystander);
    scene.do('metronome.set', stop, bystander);
    assert.deepEqual([scene.metronome?.on, scene.metronome?.reason], [false, 'moves-or-breathes']);
    scene.changesNothing('metronome.set', on('page'), bystander);
    scene.refuses('forbidden', 'metronome.set', { ...stop, on: true }, bystander);
    scene.refuses('forbidden', 'metronome.set', on('dispatcher'), bystander);
    scene.refuses('forbidden', 'metronome.set', on('dispatcher'), doctor);
    scene.do('metronome.set', on('dispatcher'), dispatcher);
    assert.equal(scene.metronome?.on, true);
  });

  it('goes on by the bystander who stopped it, and by nobody at the scene after the dispatcher stopped it', () => {
    const scene = new Scene();
    scene.do('metronome.set', on('page'), bystander);
    scene.do('metronome.set', stop, bystander);
    scene.do('metronome.set', on('bystander'), bystander);
    assert.deepEqual([scene.metronome?.on, scene.metronome?.rate], [true, 110]);
    scene.do('metronome.set', { on: false, source: 'dispatcher' }, dispatcher);
    scene.refuses('forbidden', 'metronome.set', on('bystander'), bystander);
  });

  it('follows the measure only while it runs, within its limits, and without a jump', () => {
    const scene = new Scene();
    scene.refuses('conflict', 'metronome.set', on('measured', 118), dispatcher);
    scene.do('metronome.set', on('dispatcher', 110), dispatcher);
    scene.refuses('forbidden', 'metronome.set', on('measured', 118), bystander);
    scene.refuses('bad-request', 'metronome.set', on('measured'), dispatcher);
    const before = scene.metronome ?? assert.fail();
    scene.do('metronome.set', on('measured', 134), dispatcher);
    const after = scene.metronome ?? assert.fail();
    assert.equal(after.rate, 120);
    const at = scene.utc - START;
    const beats = (set: typeof before) => ((at - set.at) * set.rate) / 60_000;
    assert.ok(Math.abs(beats(before) - beats(after)) < 1e-9);
    scene.changesNothing('metronome.set', on('measured', 120), dispatcher);
  });

  it('begins anew at 110 after a pause', () => {
    const scene = new Scene();
    scene.do('metronome.set', on('dispatcher', 118), dispatcher);
    scene.do('metronome.set', stop, bystander);
    assert.equal(scene.metronome?.rate, 118);
    scene.do('metronome.set', on('dispatcher'), dispatcher);
    assert.deepEqual([scene.metronome?.rate, scene.metronome?.at], [110, scene.utc - START]);
  });
});

describe('Clocks of telephone CPR', () => {
  const key = (at?: number) => ({ clock: 'recognised', source: 'key', ...(at ? { at } : {}) }) as const;
  const measured = { clock: 'first-compression', source: 'measured' } as const;

  it('are corrected by a key, and never by the measure', () => {
    const scene = new Scene();
    scene.do('tcpr.set', { ...measured, at: scene.utc + 3_600_000 }, dispatcher);
    const first = scene.state.bystander.cpr.clocks['first-compression']?.at;
    scene.changesNothing('tcpr.set', measured, dispatcher);
    scene.do('tcpr.set', { clock: 'first-compression', source: 'key', at: START + 500 }, dispatcher);
    scene.changesNothing('tcpr.set', measured, dispatcher);
    const { at, source } = scene.state.bystander.cpr.clocks['first-compression'] ?? {};
    assert.deepEqual([at, source], [START + 500, 'key']);
    assert.notEqual(first, at);
  });

  it('lie neither before the call was answered nor in the future, and are not for the scene', () => {
    const scene = new Scene();
    scene.do('timeNode.set', { node: 'call-answered', patientId: 'scene', at: START + 3000 }, dispatcher);
    scene.refuses('bad-request', 'tcpr.set', key(START + 2000), dispatcher);
    scene.refuses('bad-request', 'tcpr.set', key(scene.utc + 60_000), dispatcher);
    scene.refuses('forbidden', 'tcpr.set', key(), bystander);
    scene.do('tcpr.set', key(START + 4000), dispatcher);
    scene.changesNothing('tcpr.set', key(START + 4000), dispatcher);
  });
});

describe('What is measured of compressions', () => {
  const summary = {
    fromUtc: START,
    toUtc: START + 10_000,
    measuredMs: 9000,
    handsOffMs: 1000,
    compressions: 16,
  };

  it('comes from who guides for video, and from the phone on the chest for the chest', () => {
    const scene = new Scene();
    const flag = { flag: 'too-slow', on: true } as const;
    scene.refuses('forbidden', 'cpr.flag', { ...flag, source: 'video' }, bystander);
    scene.refuses('forbidden', 'cpr.flag', { ...flag, source: 'chest' }, bystander);
    scene.refuses('forbidden', 'cpr.flag', { ...flag, source: 'chest' }, dispatcher);
    scene.do('cpr.flag', { ...flag, source: 'chest', value: 90 }, chest);
    scene.changesNothing('cpr.flag', { ...flag, source: 'video', value: 88 }, dispatcher);
    scene.do('cpr.flag', { ...flag, on: false, source: 'video' }, dispatcher);
    assert.deepEqual(scene.state.bystander.cpr.flags, {});
    scene.do('cpr.summarise', { summary: { source: 'video', ...summary } }, dispatcher);
    scene.changesNothing('cpr.summarise', { summary: { source: 'video', ...summary } }, dispatcher);
    const impossible = { ...summary, source: 'video' as const, handsOffMs: 9500 };
    scene.refuses('bad-request', 'cpr.summarise', { summary: impossible }, dispatcher);
    // Five seconds beyond the eight of compressing, at 300 a minute.
    const ofChest = { ...summary, source: 'chest' as const };
    scene.refuses('bad-request', 'cpr.summarise', { summary: { ...ofChest, compressions: 66 } }, chest);
    scene.do('cpr.summarise', { summary: { ...ofChest, compressions: 65 } }, chest);
  });

  it('is marked by those who do it too', () => {
    const scene = new Scene();
    scene.do('cpr.mark', { mark: 'swap', at: scene.utc + 3_600_000 }, bystander);
    assert.equal(scene.state.bystander.cpr.marks[0]?.at, scene.utc, 'a clock that runs ahead');
    scene.do('cpr.mark', { mark: 'shock' }, crew);
    scene.refuses('forbidden', 'cpr.mark', { mark: 'shock' }, doctor);
    assert.deepEqual(
      scene.state.bystander.cpr.marks.map(({ mark }) => mark),
      ['swap', 'shock'],
    );
  });
});

describe('Volunteers and the basis', () => {
  it('a volunteer answers for itself alone, and may change its mind', () => {
    const scene = new Scene();
    scene.refuses('forbidden', 'volunteer.answer', { coming: true }, volunteer);
    const alerted = { volunteerId: 'v1', name: 'Zhao', linkId: 'link-volunteer', distanceM: 120 };
    scene.refuses('forbidden', 'volunteer.alerted', alerted, volunteer);
    scene.do('volunteer.alerted', alerted, dispatcher);
    scene.changesNothing('volunteer.alerted', alerted, dispatcher);
    scene.do('volunteer.answer', { coming: true, etaMinutes: 5 }, volunteer);
    scene.changesNothing('volunteer.answer', { coming: true, etaMinutes: 5 }, volunteer);
    scene.do('volunteer.answer', { coming: false }, volunteer);
    scene.changesNothing('volunteer.answer', { coming: false }, volunteer);
    assert.equal(scene.state.bystander.volunteers.v1?.coming, false);
  });

  it('the basis of a patient who is known, or of the scene, is for those who treat and who review', () => {
    const scene = new Scene();
    scene.refuses('not-found', 'basis.set', { patientId: 'P1', basis: 'refused' }, crew);
    scene.do('basis.set', { patientId: 'scene', basis: 'emergency' }, crew);
    scene.changesNothing('basis.set', { patientId: 'scene', basis: 'emergency' }, crew);
    scene.do('basis.set', { patientId: 'scene', basis: 'refused', note: 'said so twice' }, crew);
    const audience = scene.entries.at(-1)?.audience;
    const roles = typeof audience === 'object' ? (audience.roles ?? []) : [];
    const reads = (['reviewer', 'crew', 'bystander', 'partner'] as const).map((role) => roles.includes(role));
    assert.deepEqual(reads, [true, true, false, false]);
  });

  it('a photo is stated by the service alone', () => {
    const scene = new Scene();
    const photo = {
      photoId: 'p1',
      peerId: bystander.peerId,
      sha256: '0'.repeat(64),
      mimeType: 'image/jpeg',
      bytes: 1,
    } as const;
    scene.refuses('forbidden', 'photo.add', photo, bystander);
    scene.do('photo.add', photo, SYSTEM);
    scene.changesNothing('photo.add', photo, SYSTEM);
    scene.refuses('conflict', 'photo.add', { ...photo, sha256: 'f'.repeat(64) }, SYSTEM);
  });
});

describe('A message to the bystanders', () => {
  it('is read by the centre, the crew and the public at the scene, and receipted by them', () => {
    const scene = new Scene();
    const text = { text: 'Keep going', patientId: 'scene', to: 'bystanders', phrase: 'keep-going' } as const;
    const { messageId } = scene.do('chat.send', text, dispatcher);
    const audience = scene.entries.at(-1)?.audience ?? assert.fail();
    const reads = [crew, bystander, volunteer, doctor].map((who) => isInAudience(who, audience));
    assert.deepEqual(reads, [true, true, true, false]);
    const receipt = { messageIds: [messageId], state: 'read' as const };
    scene.do('chat.receipt', receipt, bystander);
    scene.refuses('not-found', 'chat.receipt', receipt, doctor);
    const [message] = scene.state.messages;
    assert.deepEqual([message?.phrase, message?.readBy], ['keep-going', [bystander.peerId]]);
  });
});

describe('a guest of a link who comes again and again', () => {
  const PAGES = 50;
  const come = (scene: Scene, n: number) => {
    const peerId = `again-${n}`;
    scene.do('peer.join', { ...joining(bystander), peerId }, { ...bystander, peerId });
    const report = { camera: 'live' } as const;
    scene.do('page.report', { report }, { ...bystander, peerId });
    return peerId;
  };

  it('is here a few times at most, and is never kept out', () => {
    const scene = new Scene();
    const own = () =>
      Object.values(scene.state.peers).filter((peer) => peer.principalId === bystander.principalId);
    for (let n = 0; n < 20; n += 1) {
      const peerId = come(scene, n);
      assert.ok(scene.state.peers[peerId], 'the newest is here');
      assert.ok(own().length <= 4);
    }
    assert.ok(scene.state.peers[chest.peerId], 'others stay');
  });

  it('makes the state no larger, and drops nobody who is here', () => {
    const scene = new Scene();
    scene.do('page.report', { report: { camera: 'live' } }, chest);
    for (let n = 0; n < 3 * PAGES; n += 1) come(scene, n);
    const { pages } = scene.state.bystander;
    assert.ok(Object.keys(pages).length <= PAGES);
    assert.equal(pages[chest.peerId]?.camera, 'live');
    assert.equal(pages[`again-${3 * PAGES - 1}`]?.camera, 'live');
  });
});

describe('The sound of a phone at the scene', () => {
  it('is taken only while the microphone is asked for, under whatever role', () => {
    const scene = new Scene();
    const { peerId } = bystander;
    const sound = (role: 'voice' | 'patient' | 'overview') => ({
      ...{ producerId: `sound-${role}`, peerId, kind: 'audio' as const, mimeType: 'audio/opus' },
      source: { role, label: 'Sound', patientId: 'scene' },
    });
    for (const role of ['voice', 'patient', 'overview'] as const)
      scene.refuses('forbidden', 'source.publish', sound(role), bystander);
    scene.do('bystander.ask', { peerId, what: 'microphone', on: true }, dispatcher);
    scene.do('source.publish', sound('voice'), bystander);
    assert.ok(scene.state.sources['sound-voice']);
  });
});

describe('A mark of a phone whose clock is wrong', () => {
  it('is taken as of now, and one of an earlier moment of the incident as it says', () => {
    const scene = new Scene();
    const last = () => scene.state.bystander.cpr.marks.at(-1)?.at;
    for (const wrongMs of [3_600_000, -30 * 86_400_000]) {
      scene.do('cpr.mark', { mark: 'breathes', at: scene.utc + wrongMs }, bystander);
      assert.equal(last(), scene.utc);
    }
    const earlier = scene.utc - 2000;
    scene.do('cpr.mark', { mark: 'swap', at: earlier }, bystander);
    assert.equal(last(), earlier);
    scene.refuses('bad-request', 'cpr.mark', { mark: 'swap', at: scene.utc + 3_600_000 }, dispatcher);
  });
});
