/** Remembers for this tab which room had the telephone line, so that a reload sends it again. */
const key = (roomId: string) => `goldenhour.telephone.${roomId}`;

/** The device id of the input that was being sent when the page was left; undefined when none was. */
export function lineToReopen(roomId: string): string | undefined {
  try {
    return sessionStorage.getItem(key(roomId)) ?? undefined;
  } catch {
    // Without storage a reload forgets it; the dispatcher switches it on again.
    return undefined;
  }
}

export function rememberLine(roomId: string, deviceId: string): void {
  try {
    sessionStorage.setItem(key(roomId), deviceId);
  } catch {
    // The line is sent all the same; only a reload will not bring it back.
  }
}

export function forgetLine(roomId: string): void {
  try {
    sessionStorage.removeItem(key(roomId));
  } catch {
    // Nothing was remembered either.
  }
}
