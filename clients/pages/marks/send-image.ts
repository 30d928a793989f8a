/** Brings a picture of this computer into the room: checked here, sent, and laid open for everybody at work. */
import { PictureTaken } from '../../../signaling/protocol/pictures.ts';
import { callBytes } from '../../core/http.ts';
import { newId } from '../../core/ids.ts';
import type { RoomSession } from '../../core/types.ts';
import { t } from '../../i18n/index.ts';
import { tell } from '../../ui/announcer.tsx';
import { errorText } from '../../ui/error-text.ts';
import { nameOfFile, refusalOf } from './image-file.ts';
import { imagePath } from './use-images.ts';

/** The largest one over 2 Mbit/s. */
const SEND_MS = 60_000;

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
