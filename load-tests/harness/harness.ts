/**
 * A page without design around the core SDK, for tests and benchmarks in a real browser: everything a person could do,
 * as functions on `window.harness`, and what they would see, as numbers.
 */
import {
  type Client,
  createClient,
  openCamera,
  openMicrophone,
  type RemoteSource,
  type RoomSession,
} from '../../clients/core/index.ts';
import type { Rung, SourceInfo } from '../../signaling/protocol/media.ts';
import { type Counted, countFrames, type Flow, flowNow, keepConnections, shrink } from './connections.ts';
import { type OnGlass, Pattern, PatternReader, type PatternSize, watchGlass } from './pattern.ts';

keepConnections();

/** What one picture looks like to the person in front of it. */
export interface Seen {
  readonly producerId: string;
  readonly label: string;
  readonly width: number;
  readonly height: number;
  /** Frames presented since the source was first shown. */
  readonly frames: number;
  /** Longest time between two presented frames since `resetGaps()`, in milliseconds, the running one included. */
  readonly longestGapMs: number;
  readonly rung: Rung | undefined;
  readonly freshness: RemoteSource['freshness'];
  readonly codec: string | undefined;
  readonly stills: number;
  /** Counted up for each source object: the same number is the same tile, untouched. */
  readonly tile: number;
}

interface Shown {
  readonly element: HTMLVideoElement;
  readonly tile: number;
  frames: number;
  lastFrameAt: number;
  longestGapMs: number;
  stills: number;
}

export class Harness {
  readonly client: Client = createClient();
  session: RoomSession | undefined;
  readonly warnings: string[] = [];
  /** Every connection status with its reason, in order. */
  readonly history: string[] = [];
  #shown = new Map<string, Shown>();
  #size = { width: 640, height: 360 };
  #audio: AudioContext | undefined;
  #meters = new Map<string, AnalyserNode>();
  #pattern: Pattern | undefined;
  #reader: PatternReader | undefined;
  #glass: OnGlass[] | undefined;
  #tiles = 0;
  #rungs = new Map<string, Rung[]>();
  #freshnesses = new Set<string>();
  #listenedAt = 0;
  /** Loudest sound heard since `resetGaps()`, 0 to 1, and the longest silence in milliseconds. */
  #sound = { peak: 0, lastHeardAt: 0, longestSilenceMs: 0 };

  signIn(username: string, password: string): Promise<unknown> {
    return this.client.http.signIn(username, password);
  }

  create(title: string, organisations: readonly string[]): Promise<string> {
    return this.client.rooms.create({ title, drill: true, organisations: [...organisations] });
  }

  /** Joins and begins to show every picture and play every sound. */
  async join(roomId: string, options: { speaksHere?: boolean; role?: 'specialist' | 'coordinator' } = {}) {
    const session = this.client.join(roomId, options);
    this.session = session;
    session.on('warning', ({ what, error }) => this.warnings.push(`${what}: ${String(error)}`));
    session.on('connection', ({ status, reason, media }) =>
      this.history.push(`${status}/${reason}/${media}`),
    );
    session.on('remoteSources', () => this.#show());
    await session.joined();
    this.#show();
    setInterval(() => this.#listen(), 50);
    return { peerId: session.peerId, timings: session.timings };
  }

  async publishCamera(info: Partial<SourceInfo> = {}, options: Parameters<RoomSession['publish']>[2] = {}) {
    const camera = await openCamera({ height: 2160 });
    const source: SourceInfo = {
      role: 'patient',
      label: 'Patient camera',
      patientId: 'scene',
      width: camera.width,
      height: camera.height,
      contentHint: 'motion',
      ...info,
    };
    const local = await this.#joined().publish(camera.track, source, options);
    return { producerId: local.producerId, width: camera.width, height: camera.height };
  }

  async publishMicrophone() {
    const microphone = await openMicrophone();
    const source: SourceInfo = {
      role: 'voice',
      label: 'Microphone',
      patientId: 'scene',
      contentHint: 'speech',
    };
    const local = await this.#joined().publish(microphone.track, source);
    return local.producerId;
  }

  /** Publishes a picture that counts its frames and a sound that beeps with it; the picture first. */
  async publishPattern(size: PatternSize, options: Parameters<RoomSession['publish']>[2] = {}) {
    const pattern = new Pattern(size);
    this.#pattern = pattern;
    const session = this.#joined();
    const about = { patientId: 'scene', label: 'Pattern' };
    const { width, height } = size;
    const picture: SourceInfo = { ...about, role: 'patient', width, height, contentHint: 'motion' };
    const askedAt = session.roomTime;
    const video = await session.publish(pattern.video, picture, options);
    const voice: SourceInfo = { ...about, role: 'voice', contentHint: 'speech' };
    const audio = await session.publish(pattern.audio, voice);
    return { askedAt, video: video.producerId, audio: audio.producerId };
  }

  stopPattern(): void {
    this.#pattern?.stop();
  }

  /** Begins to read the counters of the first received picture; answers those read so far. */
  readPattern(): number[] {
    const track = this.#pictures()[0]?.track;
    if (!this.#reader && track) this.#reader = new PatternReader(track);
    return this.#reader?.counters ?? [];
  }

  /** Begins to note the pattern's frames as the first tile presents them; takes those noted since it was last asked. */
  takeGlass(): OnGlass[] {
    const [shown] = this.#shown.values();
    if (!this.#glass && shown) this.#glass = watchGlass(shown.element);
    return this.#glass?.splice(0) ?? [];
  }

  /** When the published pattern's newest frames were drawn, by their counters. */
  drawnAt(): [number, number][] {
    return [...(this.#pattern?.drawnAt ?? [])];
  }

  flow(): Promise<Flow> {
    return flowNow();
  }

  /** What the browser has counted of the published pattern and of all received pictures. */
  async counted(): Promise<Counted & { readonly drawn: number }> {
    return { drawn: this.#pattern?.drawn ?? 0, ...(await countFrames(this.#pattern?.video.id ?? '')) };
  }

  /** Takes the top layer, or half of the size, from the published pattern, or gives it back. */
  shrinkPattern(whole: boolean): Promise<void> {
    return shrink(this.#pattern?.video.id ?? '', whole);
  }

  /** What the page was told of the recording: how far each source is safe, in room time. */
  recorded() {
    const { recordedTracks, roomTime, state } = this.#joined();
    return { roomTime, recording: state.recording, tracks: [...recordedTracks.values()] };
  }

  /** Shows every picture in this size from now on, in device pixels; 0 hides them. */
  setSize(width: number, height: number): void {
    this.#size = { width, height };
    this.#show();
  }

  resetGaps(): void {
    const now = performance.now();
    for (const shown of this.#shown.values()) Object.assign(shown, { longestGapMs: 0, lastFrameAt: now });
    this.#sound = { peak: 0, lastHeardAt: now, longestSilenceMs: 0 };
    this.#freshnesses.clear();
  }

  seen(): Seen[] {
    const now = performance.now();
    return this.#pictures().map((source) => {
      const shown = this.#shown.get(source.producerId);
      return {
        producerId: source.producerId,
        label: source.info.label,
        width: shown?.element.videoWidth ?? 0,
        height: shown?.element.videoHeight ?? 0,
        frames: shown?.frames ?? 0,
        longestGapMs: shown ? Math.max(shown.longestGapMs, now - shown.lastFrameAt) : 0,
        rung: source.rung,
        freshness: source.freshness,
        codec: source.stats?.codec,
        stills: shown?.stills ?? 0,
        tile: shown?.tile ?? 0,
      };
    });
  }

  /** Every rung that each picture had here, in order, by producer id. */
  rungs(): Record<string, Rung[]> {
    return Object.fromEntries(this.#rungs);
  }

  /** The rung each viewer of each picture has, as everyone in the room is told. */
  viewerRungs(): Rung[] {
    return [...this.#joined().viewerRungs.values()];
  }

  /** Kinds of the candidate pairs that media takes now, such as `relay`. */
  paths(): string[] {
    const { path } = this.#joined().stats.link.at(-1) ?? {};
    return path === undefined ? [] : [path];
  }

  /** Every freshness that the tiles said since `resetGaps()`. */
  freshnesses(): string[] {
    return [...this.#freshnesses];
  }

  sound(): { peak: number; longestSilenceMs: number } {
    const running = performance.now() - this.#sound.lastHeardAt;
    return { peak: this.#sound.peak, longestSilenceMs: Math.max(this.#sound.longestSilenceMs, running) };
  }

  local() {
    return this.#joined().localSources.map(({ producerId, kind, rung, status, demand, mimeType, stats }) => ({
      producerId,
      kind,
      rung,
      status,
      mimeType,
      demand: demand?.rung,
      alternatives: demand?.alternatives,
      width: stats?.width,
      height: stats?.height,
      bitrate: stats?.bitrate,
    }));
  }

  status() {
    const { connection, seq, state, reconnects, timings, roomId, peerId } = this.#joined();
    return { connection, seq, peers: Object.keys(state.peers), reconnects, timings, roomId, peerId };
  }

  #joined(): RoomSession {
    if (!this.session) throw new Error('join first');
    return this.session;
  }

  #pictures(): readonly RemoteSource[] {
    return this.session?.remoteSources.filter(({ kind }) => kind === 'video') ?? [];
  }

  #show(): void {
    const { width, height } = this.#size;
    for (const source of this.session?.remoteSources ?? []) {
      if (this.#shown.has(source.producerId) || this.#meters.has(source.producerId)) continue;
      if (source.kind === 'video') this.#showPicture(source);
      else this.#play(source);
    }
    const visible = width > 0;
    this.session?.setViews(
      this.#pictures().map(({ producerId }) => ({ producerId, width, height, visible, priority: 10 })),
    );
  }

  #showPicture(source: RemoteSource): void {
    const element = document.createElement('video');
    element.muted = true;
    element.playsInline = true;
    document.getElementById('videos')?.append(element);
    this.#tiles += 1;
    const shown: Shown = {
      element,
      tile: this.#tiles,
      frames: 0,
      lastFrameAt: performance.now(),
      longestGapMs: 0,
      stills: 0,
    };
    this.#shown.set(source.producerId, shown);
    const rungs: Rung[] = [];
    this.#rungs.set(source.producerId, rungs);
    const note = () => {
      if (source.rung !== undefined && source.rung !== rungs.at(-1)) rungs.push(source.rung);
      this.#freshnesses.add(source.freshness);
    };
    note();
    source.on('change', note);
    const onFrame = (now: number) => {
      shown.frames += 1;
      shown.longestGapMs = Math.max(shown.longestGapMs, now - shown.lastFrameAt);
      shown.lastFrameAt = now;
      element.requestVideoFrameCallback(onFrame);
    };
    element.requestVideoFrameCallback(onFrame);
    const stop = source.attach(element);
    source.on('still', () => {
      shown.stills += 1;
    });
    source.on('closed', () => {
      stop();
      element.remove();
      this.#shown.delete(source.producerId);
    });
  }

  /** Chromium feeds a remote track into Web Audio only while an element plays it. */
  #play(source: RemoteSource): void {
    const element = document.createElement('audio');
    const stop = source.attach(element);
    this.#audio ??= new AudioContext();
    const meter = this.#audio.createAnalyser();
    this.#meters.set(source.producerId, meter);
    let input: MediaStreamAudioSourceNode | undefined;
    const connect = () => {
      input?.disconnect();
      if (source.track) input = this.#audio?.createMediaStreamSource(new MediaStream([source.track]));
      input?.connect(meter);
    };
    connect();
    source.on('track', connect);
    source.on('closed', () => {
      stop();
      input?.disconnect();
      this.#meters.delete(source.producerId);
    });
  }

  #listen(): void {
    const now = performance.now();
    // A page that was held up heard nothing of what was played meanwhile: that time is no silence.
    const heldUp = now - this.#listenedAt;
    if (heldUp > 200) this.#sound.lastHeardAt = Math.min(now, this.#sound.lastHeardAt + heldUp);
    this.#listenedAt = now;
    const samples = new Float32Array(2048);
    let level = 0;
    for (const meter of this.#meters.values()) {
      meter.getFloatTimeDomainData(samples);
      for (const sample of samples) level = Math.max(level, Math.abs(sample));
    }
    this.#sound.peak = Math.max(this.#sound.peak, level);
    if (level < 0.005) return;
    this.#sound.longestSilenceMs = Math.max(this.#sound.longestSilenceMs, now - this.#sound.lastHeardAt);
    this.#sound.lastHeardAt = now;
  }
}

declare global {
  interface Window {
    harness: Harness;
  }
}

window.harness = new Harness();
