/** Where it is: dispatch's address as it stands, and what phones measured beside it, never in its place. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import { start, tell } from '../../../ui/announcer.tsx';
import { IconButton, PanelTitle, Tag } from '../../../ui/controls.tsx';
import { useNow } from '../../../ui/hooks.ts';
import { config } from '../../../ui/me.ts';
import { useRoom } from '../../live/live-room.ts';
import { phonesOf } from '../phones.ts';
import { roomUtc } from '../use-progress.ts';
import { nextZoom, type Plan, planOf, thingsOf } from './map-view.ts';
import { degreesText, thingName, whereText, worthTexts } from './map-words.ts';
import { PlanDrawing } from './plan.tsx';
import type { TileSource } from './tiles.ts';

function Row(props: { thing: Plan['placed'][number]; plan: Plan }): JSX.Element {
  const { thing, plan } = props;
  const where = whereText(thing, plan);
  const copy = async () => {
    await navigator.clipboard.writeText(degreesText(thing));
    tell(t('map.copied'), 'good');
  };
  return (
    <li class="map-row">
      <div class="row">
        <strong>{thingName(thing)}</strong>
        <span class="figures small soft grow">{degreesText(thing)}</span>
        <IconButton
          icon="copy"
          class="quiet small-button"
          label={t('map.copy', { name: thingName(thing) })}
          onClick={() => start(copy)}
        />
      </div>
      {where === undefined ? null : <p>{where}</p>}
      <div class="row tight-row">
        {worthTexts(thing).map(({ text, poor }) => (
          <Tag key={text} {...(poor ? { kind: 'warn' as const } : {})}>
            {text}
          </Tag>
        ))}
      </div>
    </li>
  );
}

function ZoomKeys(props: { zoom: number; onZoom: (zoom: number) => void }): JSX.Element {
  const key = (way: 'in' | 'out') => {
    const next = nextZoom(props.zoom, way);
    return (
      <IconButton
        icon={way === 'in' ? 'zoom-in' : 'zoom-out'}
        class="small-button"
        label={t(way === 'in' ? 'map.nearer' : 'map.farther')}
        disabled={next === undefined}
        onClick={() => props.onZoom(next ?? props.zoom)}
      />
    );
  };
  return (
    <div class="row plan-keys">
      {key('in')}
      {key('out')}
    </div>
  );
}

/** The site's map server; without one there is the plan alone. */
function tileSource(): TileSource | undefined {
  const map = config.value?.map;
  return map === undefined ? undefined : { url: map.tileUrl, datum: map.datum, attribution: map.attribution };
}

/** Needs the room around it. */
export function MapPanel(): JSX.Element {
  const room = useRoom();
  const tiles = tileSource();
  useNow(5000);
  const [zoom, setZoom] = useState(1);
  const state = room.state.value;
  const { address } = state.bystander;
  const plan = planOf(thingsOf(state.bystander, phonesOf(state), roomUtc(room)), zoom);
  const words = plan?.placed.map((thing) => `${thingName(thing)}: ${whereText(thing, plan) ?? ''}`) ?? [];
  return (
    <div class="panel-body map-panel">
      <PanelTitle icon="pin">{t('map.title')}</PanelTitle>
      <p>
        <span class="small soft">{t('map.addressOfDispatch')}</span>
        <br />
        <strong>{address?.text ?? t('map.noAddress')}</strong>
      </p>
      {address !== undefined && address.point === undefined ? (
        <p class="small soft">{t('map.addressUnplaced')}</p>
      ) : null}
      {plan === undefined ? (
        <p class="soft">{t('map.nothing')}</p>
      ) : (
        <>
          <ZoomKeys zoom={zoom} onZoom={setZoom} />
          <PlanDrawing plan={plan} label={words.join('; ')} {...(tiles === undefined ? {} : { tiles })} />
          {tiles === undefined ? null : <p class="small soft">{tiles.attribution}</p>}
          <ul class="plain-list stack tight">
            {plan.placed.map((thing) => (
              <Row key={thing.id} thing={thing} plan={plan} />
            ))}
          </ul>
        </>
      )}
      <p class="small soft">{t('map.datumNote')}</p>
    </div>
  );
}
