/** Brings a picture of this computer into the room: checked here, sent, and laid open for everybody at work. */
import { PICTURE_BYTES, PictureTaken } from '../../../signaling/protocol/pictures.ts';
import { callBytes } from '../../core/http.ts';
import { newId } from '../../core/ids.ts';
import type { RoomSession } from '../../core/types.ts';
import { t } from '../../i18n/index.ts';
import { tell } from '../../ui/announcer.tsx';
import { errorText } from '../../ui/error-text.ts';
import { imagePath } from './use-images.ts';

const NAME_MAX = 120;
/** The largest one over 2 Mbit/s. */
const SEND_MS = 60_000;
const KINDS = ['image/jpeg', 'image/png', 'image/webp'];

/** Why a file cannot be shared, in words; undefined when it can. */
export function refusalOf(file: Pick<File, 'type' | 'size'>): string | undefined {
  if (!KINDS.includes(file.type)) return t('image.wrongKind');
  if (file.size > PICTURE_BYTES)
    return t('image.tooLarge', { size: `${Math.floor(PICTURE_BYTES / 1024 / 1024)} MB` });
  return undefined;
}

/** The name that stands at the picture: without its ending, never empty. */
export function nameOfFile(name: string): string {
  const plain = name.replace(/\.[^.]+$/, '').trim();
  return (plain === '' ? t('marks.kind.image') : plain).slice(0, NAME_MAX);
}

/** Answers the id of the image, or undefined when it was refused; what went wrong is told. */
export async function shareImage(session: RoomSession, file: File): Promise<string | undefined> {
  const refusal = refusalOf(file);
  if (refusal !== undefined) {
    tell(refusal, 'bad');
    return undefined;
  }
  const imageId = newId();
  const name = nameOfFile(file.name);
  const query = new URLSearchParams({ name });
  try {
    const url = `${imagePath(session.roomId, imageId)}?${query}`;
    await callBytes((input, init) => fetch(input, init), url, PictureTaken, file, SEND_MS, 'PUT');
    await session.request('image.show', { imageId, shown: true });
    tell(t('image.added', { name }), 'good');
    return imageId;
  } catch (error) {
    tell(errorText(error), 'bad');
    return undefined;
  }
}

/** Pictures among what was pasted or dropped. */
export function filesOf(data: DataTransfer | null): readonly File[] {
  return [...(data?.files ?? [])].filter((file) => file.type.startsWith('image/'));
}
