/** What the pages need from the SDK, as one value handed down: the built app fills it lazily, tests with fixtures. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { RoomState } from '../../signaling/protocol/state.ts';
import type {
  CameraOptions,
  CaptureDevice,
  Captured,
  CatchUpItem,
  Client,
  HttpApi,
  MicrophoneOptions,
} from '../core/types.ts';

export interface Capture {
  openCamera(options?: CameraOptions): Promise<Captured>;
  openMicrophone(options?: MicrophoneOptions): Promise<Captured>;
  listDevices(): Promise<readonly CaptureDevice[]>;
}

export interface Services {
  readonly http: HttpApi;
  /** Loads the SDK with its media library on first use; sign-in and trust pages never do. */
  client(): Promise<Client>;
  capture(): Promise<Capture>;
  catchUp(state: RoomState, selfId: string): Promise<readonly CatchUpItem[]>;
}

export const ServicesContext = createContext<Services | undefined>(undefined);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === undefined) throw new Error('The app was rendered without its services.');
  return services;
}
