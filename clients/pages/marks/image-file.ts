/** Which files can be shared as images, and under which name. */
import { PICTURE_BYTES } from '../../../signaling/protocol/pictures.ts';
import { t } from '../../i18n/index.ts';

const NAME_MAX = 120;
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

/** Pictures among what was pasted or dropped. */
export function filesOf(data: DataTransfer | null): readonly File[] {
  return [...(data?.files ?? [])].filter((file) => file.type.startsWith('image/'));
}
