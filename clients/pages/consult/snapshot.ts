/** A picture of the frame now shown, with room, source and time written under it, as a PNG. */

/** Safe in every file system, without any name of a person: room, source id and time. */
export function snapshotName(roomId: string, producerId: string, utc: number): string {
  const time = new Date(utc).toISOString().replace(/[:.]/g, '-');
  return `goldenhour-${roomId}-${producerId.slice(0, 12)}-${time}.png`;
}

/** Height of the caption under a picture of this height, in pixels. */
export function captionHeight(height: number): number {
  return Math.max(36, Math.round(height * 0.045));
}

/** Draws the picture in its full size. Rejects when the browser cannot make the PNG. */
export async function takeSnapshot(
  picture: HTMLVideoElement | HTMLImageElement,
  size: { width: number; height: number },
  caption: string,
): Promise<Blob> {
  const bar = captionHeight(size.height);
  const canvas = document.createElement('canvas');
  canvas.width = size.width;
  canvas.height = size.height + bar;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('The browser has no 2D canvas.');
  context.drawImage(picture, 0, 0, size.width, size.height);
  context.fillStyle = '#000';
  context.fillRect(0, size.height, size.width, bar);
  context.fillStyle = '#fff';
  context.textBaseline = 'middle';
  context.font = `${Math.round(bar * 0.5)}px system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif`;
  context.fillText(caption, bar * 0.4, size.height + bar / 2, size.width - bar * 0.8);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) throw new Error('The browser could not encode the picture.');
  return blob;
}
