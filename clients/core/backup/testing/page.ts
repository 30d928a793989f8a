/** A page for tests of the own copy: a camera that flashes and a microphone that beeps at moments it writes down. */
import type { CopyRoom, OwnCopy } from '../index.ts';
import { copyUnavailable, openOwnCopy } from '../index.ts';
import type { LiveLoad } from '../throttle.ts';

const EVERY_MS = 1500;
const LONG_MS = 300;

class CopyPage {
  /** UTC of the beginning of each flash and beep. */
  readonly flashes: number[] = [];
  load: LiveLoad = { linked: true, sends: false, pictures: [] };
  recorded = true;
  durableUntil: [string, number][] = [];
  #copy: OwnCopy | undefined;
  #stop: (() => Promise<void>) | undefined;
  #changed: () => void = () => undefined;
  readonly unavailable = copyUnavailable();

  async open(boundBytes?: number): Promise<void> {
    const options = { url: location.origin, principalId: 'crew' };
    this.#copy = await openOwnCopy(boundBytes === undefined ? options : { ...options, boundBytes });
  }

  /** Begins to keep a picture and a sound; the room's time is what the server says. */
  async keep(roomId: string): Promise<void> {
    const sound = new AudioContext();
    const tracks = [
      { producerId: `${roomId}-cot`, track: this.#camera(sound) },
      { producerId: `${roomId}-voice`, track: this.#microphone(sound) },
    ];
    const anchor = await ask();
    const room: CopyRoom = {
      roomId,
      times: {
        get roomTime() {
          return Date.now() - anchor.utc + anchor.at;
        },
        state: { anchor },
        askUtc: async () => (await ask()).now,
      },
      isRecorded: () => this.recorded,
      sources: () => (this.recorded ? tracks : []),
      load: () => this.load,
      durable: () => new Map(this.durableUntil),
      onChange: (listener) => {
        this.#changed = listener;
        return () => {
          this.#changed = () => undefined;
        };
      },
    };
    this.#stop = this.#copy?.keepRoom(room);
  }

  record(on: boolean): void {
    this.recorded = on;
    this.#changed();
  }

  async stop(): Promise<void> {
    await this.#stop?.();
  }

  async wipe(): Promise<void> {
    await this.#copy?.wipe();
  }

  status() {
    return this.#copy?.status;
  }

  /** What lies in the private file system, with the first bytes of each file as text. */
  async files(): Promise<{ name: string; bytes: number; head: string }[]> {
    const root = await navigator.storage.getDirectory();
    const found: { name: string; bytes: number; head: string }[] = [];
    for await (const folder of root.values()) {
      if (!(folder instanceof FileSystemDirectoryHandle)) continue;
      for await (const entry of folder.values()) {
        if (!(entry instanceof FileSystemFileHandle)) continue;
        const read = await readHead(entry);
        if (read) found.push({ name: entry.name, ...read });
      }
    }
    return found;
  }

  /** Whether a script can read the key out. */
  async keyIsHidden(): Promise<boolean> {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('goldenhour-own-copy');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const key = await new Promise<unknown>((resolve, reject) => {
      const request = database.transaction('keys').objectStore('keys').get('files');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    database.close();
    return key instanceof CryptoKey && !key.extractable;
  }

  #camera(sound: AudioContext): MediaStreamTrack {
    const canvas = document.createElement('canvas');
    canvas.width = 640;
    canvas.height = 360;
    const context = canvas.getContext('2d');
    const beep = sound.createGain();
    beep.gain.value = 0;
    this.#beep = beep;
    const started = performance.now();
    let lit = false;
    const draw = () => {
      const phase = (performance.now() - started) % EVERY_MS;
      const flash = performance.now() - started > EVERY_MS && phase < LONG_MS;
      if (flash !== lit) {
        lit = flash;
        beep.gain.setValueAtTime(flash ? 0.5 : 0, sound.currentTime);
        if (flash) this.flashes.push(Date.now());
      }
      if (context) {
        context.fillStyle = lit ? 'white' : 'black';
        context.fillRect(0, 0, canvas.width, canvas.height);
        // Noise, so that the files have the size of real ones.
        for (let dots = 0; dots < 400; dots += 1) {
          context.fillStyle = `hsl(${Math.random() * 360} 80% 50%)`;
          context.fillRect(Math.random() * 160, Math.random() * 120, 6, 6);
        }
      }
    };
    setInterval(draw, 1000 / 60);
    const [track] = canvas.captureStream(30).getVideoTracks();
    if (!track) throw new Error('The canvas gives no track.');
    return track;
  }

  #beep: GainNode | undefined;

  #microphone(sound: AudioContext): MediaStreamTrack {
    const tone = sound.createOscillator();
    tone.frequency.value = 1000;
    const out = sound.createMediaStreamDestination();
    if (this.#beep) tone.connect(this.#beep).connect(out);
    tone.start();
    const [track] = out.stream.getAudioTracks();
    if (!track) throw new Error('There is no sound.');
    return track;
  }
}

async function ask(): Promise<{ now: number; at: number; utc: number }> {
  const response = await fetch('/utc');
  return response.json();
}

declare global {
  interface Window {
    copyPage: CopyPage;
  }
}

window.copyPage = new CopyPage();

/** Size and first bytes; undefined for a file that was let go while the folder was being read. One that grew meanwhile is read again. */
async function readHead(entry: FileSystemFileHandle): Promise<{ bytes: number; head: string } | undefined> {
  for (;;) {
    try {
      const file = await entry.getFile();
      return { bytes: file.size, head: await file.slice(0, 64).text() };
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      if (error.name === 'NotFoundError') return undefined;
      if (error.name !== 'NotReadableError') throw error;
    }
  }
}
