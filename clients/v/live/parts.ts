/** Everything of the live part that its views show, made once and closed together. */
import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { PageReport } from '../../../signaling/protocol/events-bystander.ts';
import type { Phrase } from '../../../signaling/protocol/phrases.ts';
import type { AskState } from '../../../signaling/protocol/state-bystander.ts';
import { createClient } from '../../core/client.ts';
import { systemClock } from '../../core/clock.ts';
import { keepAwake, watchBattery, watchVisible } from '../../core/device/standing.ts';
import { AskRunner } from './ask-runner.ts';
import { Camera } from './camera.ts';
import { ChestPhone } from './chest.ts';
import { Demonstration } from './demonstration.ts';
import { openPhotoStore } from './kept-photos.ts';
import { Line, warn } from './line.ts';
import { Whereabouts } from './location.ts';
import { meet } from './meet.ts';
import { Microphone } from './microphone.ts';
import { Photos } from './photos.ts';
import { cardOf } from './pushed-card.ts';
import { Reporter } from './report.ts';
import { SecondPhone } from './second.ts';
import { sendPhoto } from './send-photo.ts';
import { phraseIn, type Say, sayIn } from './texts/index.ts';
import type { LiveHost, LivePart } from './types.ts';
import type { Seen } from './words.ts';

export class Parts {
  readonly host: LiveHost;
  readonly say: Say;
  readonly card: LivePart['card'];
  readonly line: Line;
  readonly camera: Camera;
  readonly microphone: Microphone;
  readonly photos: Photos;
  readonly whereabouts: Whereabouts;
  readonly asks: AskRunner;
  readonly demonstration: Demonstration;
  readonly second: SecondPhone;
  readonly chest: ChestPhone;
  /** Which words of dispatch a person has seen here. */
  readonly #seen = signal<Seen>({ read: new Set(), away: new Set() });
  readonly #reporter: Reporter;
  readonly #stops: (() => void)[] = [];

  constructor(host: LiveHost) {
    this.host = host;
    this.say = sayIn(host.language);
    const line = new Line(host.page, createClient());
    this.line = line;
    this.card = cardOf(line.state, line.own.peerId);
    this.#reporter = new Reporter(systemClock, (report) => line.insist('page.report', { report }));
    const say = (report: PageReport) => this.#reporter.say(report);
    this.camera = new Camera({ line, language: host.language, say });
    this.microphone = new Microphone(line, say);
    this.photos = new Photos(sendPhoto, systemClock, openPhotoStore(line.own.openingId));
    this.whereabouts = new Whereabouts(say, (location) => line.later('location.report', location));
    this.demonstration = new Demonstration(line);
    this.second = new SecondPhone(line);
    this.chest = new ChestPhone(line);
    this.asks = this.#makeAsks();
    this.#watch(say);
    this.#begin(say);
  }

  get seen(): ReadonlySignal<Seen> {
    return this.#seen;
  }

  /** Says of a word that a person could read it. */
  markRead(messageId: string): void {
    const { read, away } = this.#seen.peek();
    if (read.has(messageId)) return;
    this.#seen.value = { away, read: new Set([...read, messageId]) };
    this.line.later('chat.receipt', { messageIds: [messageId], state: 'read' });
  }

  /** The tap that puts a word away says that it was read. */
  putAway(messageId: string): void {
    this.markRead(messageId);
    const { read, away } = this.#seen.peek();
    this.#seen.value = { read, away: new Set([...away, messageId]) };
  }

  sendPhoto(photo: Blob, askId?: string): void {
    this.photos.add(photo, askId).catch((error: unknown) => warn('photo', error));
  }

  /** A photo of the phone's own camera app answers an ask. */
  answerPhoto({ askId }: AskState, photo: Blob): void {
    this.sendPhoto(photo, askId);
    this.asks.metBy('photo', { outcome: 'done' });
  }

  tell(text: string, phrase?: Phrase): void {
    const words = { text, patientId: 'scene', to: 'bystanders' } as const;
    this.line.later('chat.send', { ...words, ...(phrase ? { phrase } : {}) });
  }

  tellPhrase(phrase: Phrase): void {
    this.tell(phraseIn(this.host.language.peek(), phrase), phrase);
  }

  close(reason: string): void {
    for (const stop of this.#stops) stop();
    this.#reporter.close();
    this.asks.close();
    this.demonstration.close();
    this.chest.stop();
    this.microphone.close();
    this.camera.close();
    this.whereabouts.close();
    this.photos.close();
    this.line.close(reason);
  }

  #makeAsks(): AskRunner {
    const { line, camera, microphone, photos, whereabouts, second, host } = this;
    const how = {
      camera,
      microphone,
      photos,
      whereabouts,
      openCamera: () => camera.open(host.page.noticeVersion),
      turnSoundOn: () => host.turnSoundOn(),
      showSecond: () => second.show('chest'),
    };
    return new AskRunner({
      line,
      meet: (ask) => meet(how, ask),
      now: () => ({
        filming: camera.state.peek() === 'live',
        coming: camera.coming,
        locating: whereabouts.state.peek() === 'known',
        soundRuns: host.report.peek().sound === 'runs',
      }),
    });
  }

  #watch(say: (report: PageReport) => void): void {
    const { host, line, camera, microphone, photos } = this;
    this.#stops.push(
      watchVisible(say),
      keepAwake(say),
      watchBattery(say),
      effect(() => say(host.report.value)),
      effect(() => say({ language: host.language.value })),
      // Nothing is filmed or heard once the page is over or outside.
      effect(() => {
        const end = line.end.value;
        if (!end) return;
        if (end.kind === 'ended') photos.drop();
        camera.stop();
        microphone.close();
      }),
      effect(() => {
        if (line.link.value === 'on') photos.hurry();
      }),
      // What waited for the camera is met once it is back, or answered once it is not.
      camera.state.subscribe(() => this.asks.look()),
      // A camera turned on by the page's own key answers what was asked as well.
      effect(() => {
        if (camera.state.value === 'live') this.asks.metBy('camera', { outcome: 'done' });
      }),
    );
  }

  #begin(say: (report: PageReport) => void): void {
    const filming = this.host.page.use !== 'chest';
    if (filming) this.camera.reopen().catch((error: unknown) => warn('reopen', error));
    if (this.camera.state.peek() === 'not-asked' && filming) say({ camera: 'not-asked' });
    this.photos.resume().catch((error: unknown) => warn('photos', error));
    this.whereabouts.startIfAllowed().catch((error: unknown) => warn('location', error));
  }
}
