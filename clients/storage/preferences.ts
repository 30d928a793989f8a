/** Small choices remembered on this device. Storage may be refused (private windows): then they last for the page. */
const prefix = 'goldenhour.';
const page = new Map<string, string>();

export type PreferenceName =
  | 'language'
  | 'theme'
  | 'camera'
  | 'microphone'
  | 'loudspeaker'
  | 'telephone'
  | 'tickOutput'
  | 'ownCopy'
  | 'deviceName'
  | 'shortcuts'
  | 'sight';

export function readPreference(name: PreferenceName): string | undefined {
  try {
    return localStorage.getItem(prefix + name) ?? page.get(name);
  } catch {
    // Storage that is switched off throws; what was chosen on this page still counts.
    return page.get(name);
  }
}

export function writePreference(name: PreferenceName, value: string): void {
  page.set(name, value);
  try {
    localStorage.setItem(prefix + name, value);
  } catch {
    // The choice then lasts as long as the page, which is all that a private window allows.
  }
}
