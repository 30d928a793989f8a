/** What the recording of rooms is configured with. Parsed with the rest of the configuration, trusted here. */
export interface RecordingConfig {
  /** Rooms are recorded from their opening; false: only when somebody starts it. True where there is a recorder. */
  readonly enabled: boolean;
  readonly requestDeadlineMs: number;
  /** How often a recorder is told how its clock relates to room time. */
  readonly clockEveryMs: number;
  /** How long a track may stand still before it rings. */
  readonly stallMs: number;
}

export const RECORDING_DEFAULTS: RecordingConfig = {
  enabled: true,
  requestDeadlineMs: 3000,
  clockEveryMs: 5000,
  stallMs: 3000,
};
