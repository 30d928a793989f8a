/** The core SDK without user interface: everything a page or a third party imports. See README.md beside this file. */
export { loudspeakerOf, microphoneOf } from '../../signaling/protocol/units.ts';
export {
  captureError,
  listDevices,
  onDevicesChanged,
  openCamera,
  openMicrophone,
  openScreen,
} from './capture.ts';
export { catchUp } from './catch-up.ts';
export { createClient } from './create-client.ts';
export { CaptureError, ClientError, isClientError } from './errors.ts';
export { newId } from './ids.ts';
export type * from './types.ts';
