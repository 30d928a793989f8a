import assert from 'node:assert/strict';
import type { Mark, Shape, Surface } from '../../../ar-annotations/scene/types.ts';
import { MARKS_SHOWN } from '../../../ar-annotations/scene/types.ts';
import { Mark as MarkParser } from '../../protocol/marks.ts';
import { DecidedRoom } from '../testing/decided-room.ts';
import { bystander, crew, dispatcher, doctor, incident, joining, person } from '../testing/people.ts';
import { type Actor, SYSTEM } from '../types.ts';

const coordinator = person('coordinator', 'coordinator', 'heart-hospital');
const wearer = person('wearer', 'wearer', 'operator');
const observer = person('observer', 'observer', 'centre');
type Person = typeof crew;

const CAMERA: Surface = { kind: 'video', producerId: 'camera' };
const IMAGE: Surface = { kind: 'image', imageId: 'scan' };
const ON_SCENE = {
  kind: 'scene',
  frame: { mediaMs: 1 },
  reference: 'AAAA',
  region: { x: 0, y: 0, width: 1, height: 1 },
} as const;
const DOT: Shape = { kind: 'pointer', at: { x: 0.5, y: 0.5 } };
const picture = { sha256: 'a'.repeat(64), bytes: 10, mimeType: 'image/jpeg', width: 4, height: 3 } as const;

function markOf(markId: string, author: Person, more: Partial<Mark> = {}) {
  const surface = more.surface ?? CAMERA;
  const anchor = surface.kind === 'image' ? ({ kind: 'surface' } as const) : ON_SCENE;
  const base = {
    markId,
    author: author.peerId,
    patientId: 'scene',
    surface,
    anchor,
    shape: DOT,
    aspect: 1.5,
  };
  return { mark: MarkParser.parse({ ...base, ...more }) };
}

/** A room that the dispatcher leads, with the glasses' camera, a microphone and a shared image. */
class Scene extends DecidedRoom {
  constructor() {
    super();
    this.do('room.open', incident, dispatcher);
    for (const who of [dispatcher, crew, doctor, coordinator, wearer, observer])
      this.do('peer.join', joining(who), who);
    const source = { role: 'glasses', label: 'x', patientId: 'scene' } as const;
    const camera = {
      producerId: 'camera',
      peerId: wearer.peerId,
      kind: 'video',
      mimeType: 'video/VP8',
    } as const;
    this.do('source.publish', { ...camera, source }, SYSTEM);
    const other = { ...source, alternativeOf: 'camera' };
    this.do('source.publish', { ...camera, producerId: 'camera-vp8', source: other }, SYSTEM);
    const voice = { producerId: 'voice', kind: 'audio', mimeType: 'audio/opus' } as const;
    this.do('source.publish', { ...camera, ...voice, source: { ...source, role: 'voice' } }, SYSTEM);
    this.do('image.add', { imageId: 'scan', ...picture, name: 'Scan', peerId: doctor.peerId }, SYSTEM);
  }

  admit(...people: Person[]): void {
    for (const { peerId } of people) this.do('floor.set', { peerId, mayDraw: true }, coordinator);
  }

  draw(who: Person, ...markIds: string[]): void {
    for (const markId of markIds) this.do('mark.added', markOf(markId, who), who);
  }

  /** Ids of the marks that are shown. */
  get shown(): string[] {
    const { marks, order } = this.state.marks.scene;
    return order.filter((id) => marks[id]?.erased === false);
  }
}

describe('A mark', () => {
  it('is drawn by the coordinator and who leads, and by others once they are admitted', () => {
    const scene = new Scene();
    scene.draw(coordinator, 'm1');
    scene.draw(dispatcher, 'm2');
    scene.refuses('forbidden', 'mark.added', markOf('m3', doctor), doctor);
    scene.refuses('forbidden', 'floor.set', { peerId: doctor.peerId, mayDraw: true }, doctor);
    scene.admit(doctor);
    scene.draw(doctor, 'm3');
    scene.do('floor.set', { peerId: doctor.peerId, mayDraw: false }, coordinator);
    scene.refuses('forbidden', 'mark.added', markOf('m4', doctor), doctor);
    assert.deepEqual(scene.shown, ['m1', 'm2', 'm3']);
  });

  it('is drawn under its author’s own name, and told to people at work alone', () => {
    const scene = new Scene();
    scene.refuses('forbidden', 'mark.added', markOf('m1', doctor), coordinator);
    scene.draw(coordinator, 'm1');
    const audience = scene.entries.at(-1)?.audience;
    assert.ok(audience !== undefined && audience !== 'everyone');
    assert.ok(audience.roles?.includes('wearer') && !audience.roles.includes('bystander'));
  });

  it('is of a patient who is known, on a picture that is there, with an anchor that fits it', () => {
    const scene = new Scene();
    const refused = (code: string, more: Partial<Mark>) =>
      scene.refuses(code, 'mark.added', markOf('m1', coordinator, more), coordinator);
    refused('not-found', { patientId: 'P7' });
    refused('not-found', { surface: { kind: 'video', producerId: 'none' } });
    refused('bad-request', { surface: { kind: 'video', producerId: 'voice' } });
    refused('bad-request', { surface: { kind: 'video', producerId: 'camera-vp8' } });
    refused('not-found', { surface: { kind: 'image', imageId: 'none' } });
    refused('bad-request', { anchor: { kind: 'surface' } });
    refused('bad-request', { surface: IMAGE, anchor: ON_SCENE });
    refused('bad-request', { surface: IMAGE, anchor: { kind: 'corner', corner: 'top-left' } });
    refused('bad-request', { anchor: { kind: 'corner', corner: 'top-left' } });
    const corners = [
      { x: 0, y: 0 },
      { x: 1, y: 0 },
      { x: 1, y: 1 },
      { x: 0, y: 1 },
    ] as const;
    refused('not-found', { shape: { kind: 'image', imageId: 'none', corners } });
    const inCorner = { kind: 'corner', corner: 'top-left' } as const;
    scene.do('mark.added', markOf('m1', coordinator, { surface: IMAGE }), coordinator);
    const image = { shape: { kind: 'image', imageId: 'scan', corners }, anchor: inCorner } as const;
    scene.do('mark.added', markOf('m2', coordinator, image), coordinator);
    const text = {
      shape: { kind: 'text', at: { x: 0, y: 0 }, text: 'Press here' },
      anchor: inCorner,
    } as const;
    scene.do('mark.added', markOf('m3', coordinator, text), coordinator);
    assert.deepEqual(scene.shown, ['m1', 'm2', 'm3']);
  });

  it('is one of so many that a picture stays readable', () => {
    const scene = new Scene();
    const all = Array.from({ length: MARKS_SHOWN }, (_, n) => `m${n}`);
    scene.draw(coordinator, ...all);
    scene.refuses('conflict', 'mark.added', markOf('more', coordinator), coordinator, 'full');
    scene.do('mark.clear', {}, coordinator);
    scene.draw(coordinator, 'more');
    // What is taken back brings them all again.
    scene.do('mark.undo', {}, coordinator);
    scene.draw(dispatcher, 'other');
    scene.refuses('conflict', 'mark.undo', {}, coordinator, 'full');
    scene.do('source.close', { producerId: 'camera', reason: 'stopped' }, SYSTEM);
    scene.do('mark.added', markOf('image', coordinator, { surface: IMAGE }), coordinator);
  });

  it('is stated once, and left truncated by the owner alone where its author has gone', () => {
    const scene = new Scene();
    scene.draw(coordinator, 'm1');
    scene.changesNothing('mark.added', markOf('m1', coordinator), coordinator);
    scene.refuses('conflict', 'mark.added', markOf('m1', dispatcher), dispatcher, 'taken');
    scene.do('peer.leave', { peerId: doctor.peerId, reason: 'left' }, SYSTEM);
    scene.do('mark.added', markOf('m2', doctor, { truncated: true }), SYSTEM);
    scene.do('peer.join', joining(doctor), doctor);
    scene.admit(doctor);
    scene.refuses('conflict', 'mark.added', markOf('m2', doctor), doctor, 'truncated');
    assert.equal(scene.state.marks.scene.marks.m2?.truncated, true);
  });
});

describe('Taking marks away', () => {
  it('is undone and done again by each author for its own', () => {
    const scene = new Scene();
    scene.draw(coordinator, 'm1');
    scene.draw(dispatcher, 'm2');
    scene.draw(coordinator, 'm3');
    scene.do('mark.undo', {}, coordinator);
    assert.deepEqual(scene.shown, ['m1', 'm2']);
    scene.do('mark.undo', {}, coordinator);
    scene.refuses('conflict', 'mark.undo', {}, coordinator, 'nothing-to-undo');
    assert.deepEqual(scene.shown, ['m2']);
    scene.do('mark.redo', {}, coordinator);
    scene.do('mark.redo', {}, coordinator);
    scene.refuses('conflict', 'mark.redo', {}, coordinator, 'nothing-to-redo');
    assert.deepEqual(scene.shown, ['m1', 'm2', 'm3']);
  });

  it('is for their author, and of others for the coordinator and who leads', () => {
    const scene = new Scene();
    scene.admit(doctor);
    scene.draw(doctor, 'm1', 'm2');
    scene.draw(coordinator, 'm3');
    for (const who of [doctor, wearer] satisfies Actor[]) {
      scene.refuses('forbidden', 'mark.erase', { markIds: ['m3'] }, who);
      scene.refuses('forbidden', 'mark.clear', {}, who);
      scene.refuses('forbidden', 'mark.clear', { author: coordinator.peerId }, who);
    }
    scene.refuses('not-found', 'mark.erase', { markIds: ['m1', 'none'] }, doctor);
    scene.do('mark.erase', { markIds: ['m1', 'm1'] }, doctor);
    scene.changesNothing('mark.erase', { markIds: ['m1'] }, doctor);
    scene.do('mark.clear', { author: doctor.peerId }, doctor);
    assert.deepEqual(scene.shown, ['m3']);
    scene.do('mark.erase', { markIds: ['m3'] }, dispatcher);
    assert.deepEqual(scene.shown, []);
    scene.do('mark.undo', {}, dispatcher);
    assert.deepEqual(scene.shown, ['m3']);
  });

  it('may be on one surface alone', () => {
    const scene = new Scene();
    scene.draw(coordinator, 'm1');
    scene.do('mark.added', markOf('m2', coordinator, { surface: IMAGE }), coordinator);
    scene.refuses('bad-request', 'mark.clear', { producerId: 'camera', imageId: 'scan' }, dispatcher);
    scene.do('mark.clear', { producerId: 'camera' }, dispatcher);
    assert.deepEqual(scene.shown, ['m2']);
    scene.do('mark.clear', { imageId: 'scan' }, dispatcher);
    assert.deepEqual(scene.shown, []);
  });
});

describe('The floor', () => {
  it('is given to those who treat, and taken from nobody who leads', () => {
    const scene = new Scene();
    const set = (who: Person, mayDraw: boolean) => ({ peerId: who.peerId, mayDraw });
    scene.refuses('bad-request', 'floor.set', set(observer, true), coordinator);
    scene.refuses('not-found', 'floor.set', { peerId: 'none', mayDraw: true }, coordinator);
    scene.refuses('conflict', 'floor.set', set(dispatcher, false), coordinator, 'leads');
    scene.do('floor.set', set(doctor, true), dispatcher);
    scene.changesNothing('floor.set', set(doctor, true), dispatcher);
  });
});

describe('Who wears the glasses', () => {
  it('switches marks off and on for itself, which others are told', () => {
    const scene = new Scene();
    scene.refuses('forbidden', 'marks.switch', { on: false }, coordinator);
    scene.changesNothing('marks.switch', { on: true }, wearer);
    scene.do('marks.switch', { on: false }, wearer);
    assert.deepEqual(Object.keys(scene.state.marks.switchedOff), [wearer.peerId]);
    scene.do('marks.switch', { on: true }, wearer);
    assert.deepEqual(scene.state.marks.switchedOff, {});
  });

  it('reports how it sees marks, and sees them on the world only after a checked calibration', () => {
    const scene = new Scene();
    const report = { tracking: 'picture', torch: 'off' } as const;
    scene.refuses('forbidden', 'wearer.report', { report }, doctor);
    scene.do('wearer.report', { report }, wearer);
    scene.changesNothing('wearer.report', { report: { torch: 'off' } }, wearer);
    const through = { report: { display: 'see-through' } } as const;
    scene.refuses('conflict', 'wearer.report', through, wearer, 'not-calibrated');
    scene.do('wearer.report', { report: { display: 'head-locked' } }, wearer);
    assert.equal(scene.state.marks.wearers[wearer.peerId]?.display, 'head-locked');
    scene.do('wearer.report', { report: { calibrationErrorPercent: 0.8 } }, wearer);
    scene.do('wearer.report', through, wearer);
    const gone = { report: { calibrationErrorPercent: null } };
    scene.refuses('conflict', 'wearer.report', gone, wearer, 'not-calibrated');
  });
});

describe('Pictures of people at work', () => {
  it('are stated by the service alone, once, and only so many', () => {
    const scene = new Scene();
    const image = { imageId: 'i1', ...picture, name: 'Scan', peerId: doctor.peerId };
    const still = { stillId: 's1', ...picture, producerId: 'camera', peerId: doctor.peerId };
    const kept = { ...still, frame: {}, offsetMs: 0, complete: true };
    scene.refuses('forbidden', 'image.add', image, doctor);
    scene.refuses('forbidden', 'still.keep', kept, doctor);
    scene.do('image.add', image, SYSTEM);
    scene.changesNothing('image.add', image, SYSTEM);
    scene.refuses('conflict', 'image.add', { ...image, sha256: 'b'.repeat(64) }, SYSTEM, 'taken');
    scene.do('still.keep', kept, SYSTEM);
    scene.changesNothing('still.keep', kept, SYSTEM);
    scene.refuses('conflict', 'still.keep', { ...kept, peerId: crew.peerId }, SYSTEM, 'taken');
    for (let n = scene.state.marks.images.length; n < 100; n++)
      scene.do('image.add', { ...image, imageId: `more${n}` }, SYSTEM);
    scene.refuses('conflict', 'image.add', { ...image, imageId: 'last' }, SYSTEM, 'full');
  });

  it('are laid open and put away by those who treat', () => {
    const scene = new Scene();
    scene.refuses('not-found', 'image.show', { imageId: 'none', shown: true }, doctor);
    scene.refuses('forbidden', 'image.show', { imageId: 'scan', shown: true }, observer);
    scene.do('image.show', { imageId: 'scan', shown: true }, doctor);
    scene.changesNothing('image.show', { imageId: 'scan', shown: true }, crew);
    assert.equal(scene.state.marks.images[0]?.shown, true);
  });

  it('are nothing that a phone at the scene draws on', () => {
    const scene = new Scene();
    scene.refuses('forbidden', 'mark.added', markOf('m1', bystander), bystander);
  });
});
