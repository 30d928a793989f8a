/** What time and statistics of packets look like outside `recorder/rtp`. */

/** A moment in room time and how it is known. */
export interface RoomTime {
  /** Room time in milliseconds, with fractions. */
  readonly ms: number;
  /** What the clocks may be wrong by; the way from the publisher to the host is not in it. */
  readonly errorMs: number;
  /** By the publisher's own sender reports, or by when its packets arrived. */
  readonly by: 'report' | 'arrival';
}

/** Why timestamps of a track do not go on from the ones before. */
export type StretchCause =
  | 'start'
  /** The parameters changed, or the recorder came back. */
  | 'parameters'
  | 'recorder-back'
  /** Another encoding of the same track was chosen. */
  | 'layer'
  /** Sequence numbers, timestamps or both began anew without a word. */
  | 'restart'
  /** The relation to room time was corrected by more than may be done little by little. */
  | 'clock';

/** A range of packets that never came, in the order they should have come. */
export interface LostRange {
  /** Unwrapped sequence number of the first missing packet. */
  readonly first: number;
  readonly packets: number;
}
