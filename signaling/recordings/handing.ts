/** What of a package a file is, for the audit, and under which type its bytes may leave. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Piece } from './looks.ts';

/** Header of a recorder's answer: the room time that a file holds, as `from-to` in milliseconds. */
export const TIME_HEADER = 'goldenhour-time';

/** Types a browser plays or shows; everything else is downloaded as bytes. */
const SHOWN =
  /^(?:(?:video|audio)\/(?:mp4|webm)|image\/(?:jpeg|png|webp)|application\/vnd\.apple\.mpegurl)(?:;|$)/;
const PASSED = ['content-length', 'content-range', 'accept-ranges'] as const;

export function pieceOf(path: string, headers: IncomingHttpHeaders): Piece {
  const trackId = /^tracks\/([^/]+)\//.exec(path)?.[1];
  if (trackId === undefined) return { what: path };
  if (/\/thumb-[^/]+$/.test(path)) return { what: `thumbnails:${trackId}` };
  const [, from, to] = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(String(headers[TIME_HEADER] ?? '')) ?? [];
  return from === undefined || to === undefined
    ? { trackId }
    : { trackId, range: { from: Number(from), to: Number(to) } };
}

/** Headers for the bytes of a file on their way to the browser. */
export function headersFor(headers: IncomingHttpHeaders, download?: string): Record<string, string> {
  const type = headers['content-type'] ?? '';
  const shown = download === undefined && SHOWN.test(type);
  const passed = PASSED.flatMap((name) => {
    const value = headers[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(passed),
    'content-type': shown ? type : 'application/octet-stream',
    ...(shown ? {} : { 'content-disposition': `attachment; filename="${download ?? 'file'}"` }),
  };
}
