/** Which system a browser runs on, as far as it says: only to open the matching steps first. */
export const PLATFORMS = ['ios', 'android', 'windows', 'macos'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** `touchPoints` tells an iPad, which calls itself a Mac, from a Mac. */
export function platformOf(userAgent: string, touchPoints: number): Platform {
  if (/iPhone|iPad|iPod/.test(userAgent)) return 'ios';
  if (/Macintosh/.test(userAgent)) return touchPoints > 1 ? 'ios' : 'macos';
  if (/Android|HarmonyOS|OpenHarmony/.test(userAgent)) return 'android';
  return 'windows';
}
