/** The drawn plan: grid, rings, north, scale, circles of accuracy; tiles beneath where a server is configured. */
import type { JSX } from 'preact';
import { t } from '../../../i18n/index.ts';
import { niceStep, type Plan } from './map-view.ts';
import { distanceText, thingName } from './map-words.ts';
import { type TileSource, tilesFor } from './tiles.ts';

/** Half the side of the drawing, in its own units. */
const HALF = 200;
const MARKS = { address: '▲', bystander: '●', volunteer: '◆' } as const;

function Grid(props: { plan: Plan; scale: number }): JSX.Element {
  const { plan, scale } = props;
  const step = niceStep(plan.reachM / 4) * scale;
  const lines: string[] = [];
  for (let at = 0; at <= HALF; at += step) {
    for (const each of at === 0 ? [0] : [at, -at])
      lines.push(`M${each} ${-HALF}V${HALF}M${-HALF} ${each}H${HALF}`);
  }
  return (
    <>
      <path class="plan-grid" d={lines.join('')} />
      {plan.rings.map((ring) => (
        <g key={ring}>
          <circle class="plan-ring" r={ring * scale} />
          <text class="plan-ring-text" x={0} y={-ring * scale - 4} text-anchor="middle">
            {distanceText(ring)}
          </text>
        </g>
      ))}
    </>
  );
}

/** North is up; the bar is as long as the first ring is wide. */
function Scale(props: { plan: Plan; scale: number }): JSX.Element {
  const length = (props.plan.rings[0] ?? props.plan.reachM / 4) * props.scale;
  return (
    <g class="plan-scale">
      <path class="plan-line" d={`M${-HALF + 14} ${HALF - 22}v6h${length}v-6`} />
      <text x={-HALF + 14 + length / 2} y={HALF - 22} text-anchor="middle">
        {distanceText(length / props.scale)}
      </text>
      <path class="plan-north" d={`M${HALF - 26} ${-HALF + 40}l9 -26 9 26 -9 -6z`} />
      <text x={HALF - 17} y={-HALF + 56} text-anchor="middle">
        {t('map.northLetter')}
      </text>
    </g>
  );
}

function Things(props: { plan: Plan; scale: number }): JSX.Element {
  const { plan, scale } = props;
  const at = (thing: Plan['placed'][number]) => ({ x: thing.east * scale, y: -thing.north * scale });
  return (
    <>
      {plan.placed.map((thing) => {
        const { x, y } = at(thing);
        return thing.accuracyM === undefined ? null : (
          <circle
            key={thing.id}
            class={`plan-circle ${thing.kind}`}
            cx={x}
            cy={y}
            r={Math.max(3, thing.accuracyM * scale)}
          />
        );
      })}
      {plan.placed.map((thing) => {
        const { x, y } = at(thing);
        return (
          <g key={thing.id} class={`plan-thing ${thing.kind}`}>
            <text class="plan-mark" x={x} y={y + 6} text-anchor="middle">
              {MARKS[thing.kind]}
            </text>
            <text class="plan-name" x={x} y={y - 11} text-anchor={x > HALF * 0.6 ? 'end' : 'middle'}>
              {thingName(thing)}
            </text>
          </g>
        );
      })}
    </>
  );
}

function Tiles(props: { plan: Plan; scale: number; source: TileSource }): JSX.Element {
  const { plan, scale } = props;
  const pixels = 2 * HALF * Math.min(2, globalThis.devicePixelRatio ?? 1);
  return (
    <g class="plan-tiles">
      {tilesFor(props.source, plan.centre, plan.reachM, pixels).map((tile) => (
        <image
          key={tile.url}
          href={tile.url}
          x={tile.x * scale}
          y={tile.y * scale}
          width={tile.width * scale + 0.5}
          height={tile.height * scale + 0.5}
          preserveAspectRatio="none"
        />
      ))}
    </g>
  );
}

/** `label` says in words what stands on it. */
export function PlanDrawing(props: { plan: Plan; label: string; tiles?: TileSource }): JSX.Element {
  const { plan, tiles } = props;
  const scale = HALF / plan.reachM;
  return (
    <svg
      class={tiles === undefined ? 'plan' : 'plan with-tiles'}
      viewBox={`${-HALF} ${-HALF} ${2 * HALF} ${2 * HALF}`}
      role="img"
      aria-label={props.label}
    >
      <rect class="plan-ground" x={-HALF} y={-HALF} width={2 * HALF} height={2 * HALF} />
      {tiles === undefined ? null : <Tiles plan={plan} scale={scale} source={tiles} />}
      <Grid plan={plan} scale={scale} />
      <Things plan={plan} scale={scale} />
      <Scale plan={plan} scale={scale} />
    </svg>
  );
}
