/**
 * Where the phone is (W3C Geolocation), told to the room: never in place of dispatch's address, always with its accuracy.
 * By itself only where the browser may without a question; else after a tap.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { PageReport } from '../../../signaling/protocol/events-bystander.ts';
import type { GeoPoint } from '../../../signaling/protocol/geo.ts';
import type { Params } from '../../../signaling/protocol/methods.ts';

export type LocationState = 'off' | 'asked' | 'known' | 'refused' | 'unsupported';
export interface Fix {
  readonly point: GeoPoint;
  readonly accuracyM: number;
  /** UTC milliseconds. */
  readonly at: number;
}

/** A place is told again after this, so that its age is known, or sooner when it is news. */
const AGAIN_MS = 30_000;
const LEAST_MS = 3000;
const MOVED_M = 10;
const EARTH_M = 6_371_000;

/** Great-circle distance in metres (haversine). Pure. */
export function distanceM(a: GeoPoint, b: GeoPoint): number {
  const rad = (degrees: number) => (degrees * Math.PI) / 180;
  const h =
    Math.sin(rad(b.lat - a.lat) / 2) ** 2 +
    Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(rad(b.lon - a.lon) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Whether a fix is worth a fact after the one told last. Pure. */
export function isNews(told: Fix | undefined, fix: Fix): boolean {
  if (!told) return true;
  const age = fix.at - told.at;
  if (age >= AGAIN_MS) return true;
  if (age < LEAST_MS) return false;
  return (
    fix.accuracyM < told.accuracyM * 0.7 || distanceM(told.point, fix.point) > MOVED_M + fix.accuracyM / 2
  );
}

export class Whereabouts {
  readonly #say: (report: PageReport) => void;
  readonly #tell: (location: Params<'location.report'>) => void;
  readonly #state = signal<LocationState>('off');
  readonly #fix = signal<Fix | undefined>(undefined);
  #told: Fix | undefined;
  #watch: number | undefined;

  constructor(say: (report: PageReport) => void, tell: (location: Params<'location.report'>) => void) {
    this.#say = say;
    this.#tell = tell;
    if (!('geolocation' in navigator)) this.#set('unsupported');
  }

  get state(): ReadonlySignal<LocationState> {
    return this.#state;
  }
  get fix(): ReadonlySignal<Fix | undefined> {
    return this.#fix;
  }

  /** Starts where nobody has to be asked. */
  async startIfAllowed(): Promise<void> {
    try {
      const { state } = await navigator.permissions.query({ name: 'geolocation' });
      if (state === 'granted') this.start();
    } catch {
      // Not every browser tells: then a tap asks.
    }
  }

  /** Asks, best from a tap. */
  start(): void {
    if (this.#watch !== undefined || !('geolocation' in navigator)) return;
    this.#set('asked');
    this.#watch = navigator.geolocation.watchPosition(
      (position) => this.#handle(position),
      (error) => this.#handleError(error),
      { enableHighAccuracy: true, maximumAge: 10_000, timeout: 30_000 },
    );
  }

  close(): void {
    if (this.#watch !== undefined) navigator.geolocation.clearWatch(this.#watch);
    this.#watch = undefined;
  }

  #handle({ coords, timestamp }: GeolocationPosition): void {
    const point = { lat: coords.latitude, lon: coords.longitude };
    const fix = { point, accuracyM: Math.round(coords.accuracy), at: Math.round(timestamp) };
    this.#fix.value = fix;
    this.#set('known');
    if (!isNews(this.#told, fix)) return;
    this.#told = fix;
    // A browser answers in WGS-84 (W3C Geolocation, section 9.1); what apps of a country add is theirs to convert.
    this.#tell({ point, datum: 'wgs84', accuracyM: fix.accuracyM, source: 'device', measuredAt: fix.at });
  }

  #handleError({ code }: GeolocationPositionError): void {
    // No fix indoors yet: the watch goes on and may find one.
    if (code !== GeolocationPositionError.PERMISSION_DENIED) return;
    this.close();
    this.#set('refused');
  }

  #set(state: LocationState): void {
    this.#state.value = state;
    if (state !== 'off') this.#say({ location: state });
  }
}
