/** For whoever looks for the fault: live graphs of the link and of each source, and a report to copy. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { LocalSource, RemoteSource } from '../../core/types.ts';
import { formatBitrate, formatMilliseconds, formatNumber, formatPercent } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { start, tell } from '../../ui/announcer.tsx';
import { PanelTitle } from '../../ui/controls.tsx';
import { copyText } from '../../ui/download.ts';
import { useChanges, useNow } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { config } from '../../ui/me.ts';
import { ConnectionTag, reasonText } from './connection-line.tsx';
import { Graph } from './graph.tsx';
import { type LiveRoom, useRoom } from './live-room.ts';
import { type ReportFacts, reportText } from './report-text.ts';
import { RungTag } from './rung-tag.tsx';
import { sourceName } from './source-name.ts';

function reportFacts(room: LiveRoom): ReportFacts {
  const { session } = room;
  return {
    at: Date.now(),
    version: config.value?.version ?? '–',
    roomId: session.roomId,
    peerId: session.peerId,
    userAgent: navigator.userAgent,
    connection: session.connection,
    reconnects: session.reconnects,
    joinMs: session.timings.joinMs,
    firstFrameMs: session.timings.firstFrameMs,
    link: session.stats.link,
    sources: [
      ...session.remoteSources.map((source) => ({
        producerId: source.producerId,
        rung: source.rung,
        reason: source.reason,
        freshness: source.freshness,
        sample: source.stats,
      })),
      ...session.localSources.map((source) => ({
        producerId: source.producerId,
        rung: source.rung,
        reason: source.rungReason,
        freshness: 'sent' as const,
        sample: source.stats,
      })),
    ],
  };
}

function SourceRow(props: { label: string; source: LocalSource | RemoteSource }): JSX.Element {
  const { source } = props;
  useChanges(source);
  const sample = source.stats;
  const size = sample?.width === undefined ? undefined : `${sample.width} × ${sample.height ?? '–'}`;
  const details = [
    sample === undefined ? undefined : formatBitrate(sample.bitrate),
    size,
    sample?.fps === undefined ? undefined : t('graph.fps', { n: formatNumber(sample.fps) }),
    sample?.layer === undefined ? undefined : t('graph.layer', { n: sample.layer }),
    sample?.lossFraction === undefined
      ? undefined
      : t('graph.lossOf', { share: formatPercent(sample.lossFraction) }),
    sample?.codec?.replace(/^\w+\//, ''),
    sample?.limitation === undefined || sample.limitation === 'none'
      ? undefined
      : t(`graph.limit.${sample.limitation}`),
  ];
  return (
    <li class="source-row">
      <div class="row spread">
        <strong class="grow one-line">
          <span class="visually-hidden">
            {sample?.direction === 'up' ? t('graph.sent') : t('graph.received')}
          </span>
          <span aria-hidden="true">{sample?.direction === 'up' ? '↑ ' : '↓ '}</span>
          {props.label}
        </strong>
        <RungTag rung={source.rung} compact />
      </div>
      <p class="small soft figures">{details.filter((each) => each !== undefined).join(' · ') || '–'}</p>
    </li>
  );
}

function Sources(): JSX.Element {
  const { session, remote, local, state } = useRoom();
  const label = (id: string, fallback: string) =>
    sourceName(state.value.sources[id]?.source.label ?? fallback);
  return (
    <ul class="stack tight">
      {local.value.map((source) => (
        <SourceRow
          key={source.producerId}
          label={label(source.producerId, source.info.label)}
          source={source}
        />
      ))}
      {remote.value.map((source) => (
        <SourceRow
          key={`${session.peerId} ${source.producerId}`}
          label={label(source.producerId, source.info.label)}
          source={source}
        />
      ))}
    </ul>
  );
}

function Figures(): JSX.Element {
  const { session, stats } = useRoom();
  const newest = stats.value.link.at(-1);
  const rows: readonly (readonly [string, string])[] = [
    [t('graph.path'), newest?.path === undefined ? '–' : t(`graph.path.${newest.path}`)],
    [t('graph.available'), newest?.availableUp === undefined ? '–' : formatBitrate(newest.availableUp)],
    [
      t('graph.join'),
      session.timings.joinMs === undefined ? '–' : formatMilliseconds(session.timings.joinMs),
    ],
    [
      t('graph.firstFrame'),
      session.timings.firstFrameMs === undefined ? '–' : formatMilliseconds(session.timings.firstFrameMs),
    ],
    [t('graph.reconnects'), formatNumber(session.reconnects)],
  ];
  return (
    <dl class="figures-list figures">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Report(): JSX.Element {
  const room = useRoom();
  const [shown, setShown] = useState<string>();
  const copy = async () => {
    const text = reportText(reportFacts(room));
    if (await copyText(text)) tell(t('graph.copied'), 'good');
    else setShown(text);
  };
  return (
    <>
      <button type="button" class="button" onClick={() => start(copy)}>
        <Icon name="copy" />
        {t('graph.copy')}
      </button>
      <p class="small soft">{t('graph.noPatientData')}</p>
      {shown === undefined ? null : (
        <textarea class="input report" readOnly aria-label={t('graph.report')} value={shown} />
      )}
    </>
  );
}

export function ConnectionPanel(): JSX.Element {
  const { connection, stats } = useRoom();
  const now = useNow(1000);
  const { link } = stats.value;
  const points = (pick: (sample: (typeof link)[number]) => number | undefined) =>
    link.map((sample) => ({ at: sample.at, value: pick(sample) }));
  return (
    <div class="panel stack loose">
      <div class="row spread">
        <ConnectionTag />
        <span class="small soft grow">{reasonText(connection.value)}</span>
      </div>
      <Graph
        title={t('graph.bitrate')}
        now={now}
        least={1e6}
        format={formatBitrate}
        lines={[
          { name: t('graph.up'), points: points((sample) => sample.upBitrate) },
          { name: t('graph.down'), points: points((sample) => sample.downBitrate) },
        ]}
      />
      <Graph
        title={t('graph.rtt')}
        now={now}
        least={100}
        format={formatMilliseconds}
        lines={[{ name: t('graph.rttNow'), points: points((sample) => sample.rttMs) }]}
      />
      <Graph
        title={t('graph.loss')}
        now={now}
        least={0.05}
        format={formatPercent}
        lines={[
          { name: t('graph.up'), points: points((sample) => sample.upLoss) },
          { name: t('graph.down'), points: points((sample) => sample.downLoss) },
        ]}
      />
      <section>
        <PanelTitle icon="camera">{t('graph.sources')}</PanelTitle>
        <Sources />
      </section>
      <Figures />
      <Report />
    </div>
  );
}
