/**
 * The microphone, only because the dispatcher asked where there is no call, and only after the person said yes. While it
 * is live the voices of those who guide are played too; otherwise the page never makes a sound of theirs.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { PageReport } from '../../../signaling/protocol/events-bystander.ts';
import { captureError, openMicrophone } from '../../core/capture.ts';
import type { LocalSource } from '../../core/types.ts';
import { type Line, warn } from './line.ts';

export type MicrophoneState = NonNullable<PageReport['microphone']>;

export class Microphone {
  readonly #line: Line;
  readonly #say: (report: PageReport) => void;
  readonly #state = signal<MicrophoneState>('off');
  readonly #voices = new Map<string, { element: HTMLAudioElement; detach: () => void }>();
  #source: LocalSource | undefined;
  #stopListening: (() => void) | undefined;

  constructor(line: Line, say: (report: PageReport) => void) {
    this.#line = line;
    this.#say = say;
  }

  get state(): ReadonlySignal<MicrophoneState> {
    return this.#state;
  }

  /** Straight from a tap. Answers how it went; never rejects. */
  async open(): Promise<MicrophoneState> {
    if (this.#state.value === 'live') return 'live';
    try {
      const { track } = await openMicrophone();
      const session = this.#line.session.peek();
      session.startMedia();
      const patientId = this.#line.state.peek().patients.P1 ? 'P1' : 'scene';
      const info = { role: 'voice', label: 'Phone', patientId, contentHint: 'speech' } as const;
      const source = await session.publish(track, info);
      this.#source = source;
      source.on('closed', () => this.close());
      source.on('trackEnded', () => this.close());
      // Phones take the microphone for a call and may give it back.
      track.addEventListener('mute', () => this.#set(source, 'muted-by-call'));
      track.addEventListener('unmute', () => this.#set(source, 'live'));
      this.#set(source, 'live');
      this.#listen();
    } catch (error) {
      const { code } = captureError(error);
      const state = code === 'no-device' || code === 'not-supported' ? 'missing' : 'refused';
      this.#state.value = state;
      this.#say({ microphone: state });
    }
    return this.#state.value;
  }

  close(): void {
    const source = this.#source;
    this.#source = undefined;
    this.#stopListening?.();
    this.#stopListening = undefined;
    for (const { detach } of this.#voices.values()) detach();
    this.#voices.clear();
    if (!source) return;
    if (source.status !== 'closed')
      source.close('stopped').catch((error: unknown) => warn('microphone', error));
    this.#state.value = 'off';
    this.#say({ microphone: 'off' });
  }

  #listen(): void {
    const session = this.#line.session.peek();
    const attach = () => {
      const voices = session.remoteSources.filter(({ kind }) => kind === 'audio');
      for (const source of voices) {
        if (this.#voices.has(source.producerId)) continue;
        const element = new Audio();
        this.#voices.set(source.producerId, { element, detach: source.attach(element) });
      }
      for (const [producerId, { detach }] of this.#voices) {
        if (voices.some((source) => source.producerId === producerId)) continue;
        detach();
        this.#voices.delete(producerId);
      }
    };
    this.#stopListening = session.on('remoteSources', attach);
    attach();
  }

  #set(source: LocalSource, state: MicrophoneState): void {
    if (this.#source !== source) return;
    this.#state.value = state;
    this.#say({ microphone: state });
  }
}
