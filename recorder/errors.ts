/** The coded errors of a recorder. Codes that the owner of rooms acts on are those of the contract. */
import { AppError } from '../platform/errors.ts';

export function staleEpoch(roomId: string, epoch: number, current: number): AppError {
  return new AppError('stale-epoch', `Room ${roomId} has a newer owner.`, {
    status: 409,
    whatToDo: 'Let go of the room: another process has taken it over.',
    details: { epoch, current },
  });
}

export function notOpen(roomId: string): AppError {
  return new AppError('not-found', `The recording of room ${roomId} is not open here.`, {
    status: 404,
    whatToDo: 'Send room.open first; it finds a recording that is on the disk already.',
  });
}

export function notFound(what: string): AppError {
  return new AppError('not-found', `There is no ${what}.`, {
    status: 404,
    whatToDo: 'Compare with recorder.dump and make what is missing again.',
  });
}

export function roomClosed(roomId: string): AppError {
  return new AppError('closed', `The recording of room ${roomId} has ended.`, {
    status: 409,
    whatToDo: 'Nothing more can be recorded into it.',
  });
}

export function recordingOff(roomId: string): AppError {
  return new AppError('conflict', `The recording of room ${roomId} is switched off.`, {
    status: 409,
    whatToDo: 'Switch it on with room.open first.',
    details: { state: 'off' },
  });
}

export function diskFull(freeBytes: number, reserveBytes: number): AppError {
  return new AppError('disk-full', 'The disk of recordings has less space than is kept in reserve.', {
    status: 507,
    whatToDo:
      'Free space in the data folder of the recorder, or lower recording.reserveBytes; the call itself goes on.',
    details: { freeBytes, reserveBytes },
  });
}

export function logHole(roomId: string, expected: number, got: number): AppError {
  return new AppError('conflict', `Entries of the log of room ${roomId} are missing in between.`, {
    status: 409,
    whatToDo: `Send the log from entry ${expected} on.`,
    details: { state: 'hole', expected, got },
  });
}

export function recordingLocked(roomId: string): AppError {
  return new AppError('recording-locked', `Another recorder writes the recording of room ${roomId}.`, {
    status: 409,
    whatToDo: 'End the other recorder on this data folder; it lets go at once when its process ends.',
  });
}

export function recorderClosed(): AppError {
  return new AppError('closed', 'The recorder is closing.', {
    status: 503,
    whatToDo: 'Go on when it is back; it reconnects by itself.',
  });
}
