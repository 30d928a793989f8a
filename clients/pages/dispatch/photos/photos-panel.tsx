/** Photos from the phones: veiled until someone chooses to look, then small, and large by one key. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { formatNumber, formatSpan, formatTime } from '../../../i18n/format.ts';
import { t } from '../../../i18n/index.ts';
import { IconButton, PanelTitle } from '../../../ui/controls.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { useNow } from '../../../ui/hooks.ts';
import { Icon } from '../../../ui/icons.tsx';
import { useRoom } from '../../live/live-room.ts';
import { roomUtc } from '../use-progress.ts';
import { neighbourPhoto, type PhotoView, photosOf } from './photos-view.ts';

/** Only Safari decodes HEIC; asked of the engine, not of its name. */
const showsHeic = () =>
  CSS.supports('-webkit-touch-callout', 'none') || CSS.supports('font', '-apple-system-body');

function ageText(photo: PhotoView, nowUtc: number): string {
  return t('photos.age', { age: formatSpan(nowUtc - photo.utc), time: formatTime(photo.utc) });
}

function whoText(photo: PhotoView): string {
  const who = photo.number === undefined ? t('photos.gonePhone') : t('phone.line', { n: photo.number });
  return photo.asked ? t('photos.asked', { who }) : t('photos.sent', { who });
}

/** The bytes may not come: the recorder is away, or the reader may not see them. */
function Picture(props: { photo: PhotoView; alt: string; class: string }): JSX.Element {
  const [failed, setFailed] = useState(false);
  if (failed || !props.photo.shown) {
    return (
      <span class={`${props.class} no-photo`}>
        <Icon name="warn" />
        <span class="small">{t(failed ? 'photos.failed' : 'photos.heic')}</span>
      </span>
    );
  }
  return (
    <img
      class={props.class}
      src={props.photo.url}
      alt={props.alt}
      loading="lazy"
      decoding="async"
      onError={() => setFailed(true)}
    />
  );
}

function LargePhoto(props: {
  photos: readonly PhotoView[];
  photo: PhotoView;
  nowUtc: number;
  onShow: (photoId: string) => void;
  onClose: () => void;
}): JSX.Element {
  const { photos, photo, nowUtc } = props;
  const [whole, setWhole] = useState(true);
  const step = (way: 'newer' | 'older') => {
    const next = neighbourPhoto(photos, photo.photoId, way);
    if (next !== undefined) props.onShow(next.photoId);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowLeft') step('newer');
    else if (event.key === 'ArrowRight') step('older');
    else return;
    event.preventDefault();
  };
  const size =
    photo.size === undefined ? '' : t('photos.size', { width: photo.size.width, height: photo.size.height });
  return (
    <Dialog title={whoText(photo)} onClose={props.onClose} wide>
      <section aria-label={t('photos.title')} onKeyDown={onKeyDown} class="stack">
        <div class="row">
          <IconButton
            icon="back"
            label={t('photos.newer')}
            disabled={neighbourPhoto(photos, photo.photoId, 'newer') === undefined}
            onClick={() => step('newer')}
          />
          <IconButton
            icon="back"
            class="turned"
            label={t('photos.older')}
            disabled={neighbourPhoto(photos, photo.photoId, 'older') === undefined}
            onClick={() => step('older')}
          />
          <IconButton
            icon={whole ? 'zoom-in' : 'zoom-out'}
            label={t(whole ? 'photos.full' : 'photos.whole')}
            pressed={!whole}
            onClick={() => setWhole(!whole)}
          />
          <a class="button" href={photo.url} download={`${photo.photoId}.photo`}>
            <Icon name="download" />
            {t('photos.save')}
          </a>
          <span class="small soft figures">
            {ageText(photo, nowUtc)} · {size} {t('photos.bytes', { n: formatNumber(photo.bytes / 1e6, 1) })}
          </span>
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard (WCAG 2.1.1). */}
        <section class="large-photo" tabIndex={0} aria-label={t('photos.large')}>
          <Picture
            key={photo.photoId}
            photo={photo}
            alt={`${whoText(photo)}, ${ageText(photo, nowUtc)}`}
            class={whole ? 'photo whole' : 'photo'}
          />
        </section>
      </section>
    </Dialog>
  );
}

/**
 * Needs the room around it. `veiled` as the live picture is: then no photo is loaded, and looking is asked for first;
 * each loading is audited as a look at the recording.
 */
export function PhotosPanel(props: { veiled: boolean; onUnveil: () => void }): JSX.Element {
  const room = useRoom();
  useNow(5000);
  const [large, setLarge] = useState<string>();
  const photos = photosOf(room.state.value, room.session.roomId, showsHeic());
  const nowUtc = roomUtc(room);
  const open = photos.find((photo) => photo.photoId === large);
  return (
    <div class="panel-body photos-panel">
      <PanelTitle icon="snapshot">{t('photos.title')}</PanelTitle>
      {photos.length === 0 ? <p class="soft">{t('photos.none')}</p> : null}
      {props.veiled && photos.length > 0 ? (
        <p class="row">
          <span class="grow">{t('photos.veiled', { n: photos.length })}</span>
          <button type="button" class="button" onClick={props.onUnveil}>
            <Icon name="eye" />
            {t('veil.show')}
          </button>
        </p>
      ) : null}
      <ul class="photo-tiles">
        {photos.map((photo) => (
          <li key={photo.photoId}>
            <button
              type="button"
              class="photo-key"
              disabled={props.veiled}
              onClick={() => setLarge(photo.photoId)}
            >
              {props.veiled ? (
                <span class="photo-small no-photo">
                  <Icon name="eye" />
                </span>
              ) : (
                <Picture photo={photo} alt="" class="photo-small" />
              )}
              <span class="photo-words">
                <span>{whoText(photo)}</span>
                <span class="small soft figures">{ageText(photo, nowUtc)}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {open === undefined || props.veiled ? null : (
        <LargePhoto
          photos={photos}
          photo={open}
          nowUtc={nowUtc}
          onShow={setLarge}
          onClose={() => setLarge(undefined)}
        />
      )}
    </div>
  );
}
