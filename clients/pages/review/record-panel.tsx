/** The recording as a record: its seal, its verdict, who keeps it, and what may be done with it. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Job, RecordingView } from '../../../signaling/protocol/recordings.ts';
import { formatDateTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { start, tell } from '../../ui/announcer.tsx';
import { Banner, PanelTitle } from '../../ui/controls.tsx';
import { TextField } from '../../ui/fields.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { useChanges } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { ExportDialog } from './export-dialog.tsx';
import { JobLine } from './job-line.tsx';
import { Flags, StateTag } from './recording-row.tsx';
import { useReviewing } from './reviewing.ts';
import { isReviewer } from './way-back.ts';

function Seal(props: { view: RecordingView }): JSX.Element {
  const { seal, summary } = props.view;
  return (
    <section class="stack tight">
      <PanelTitle icon="seal">{t('seal.title')}</PanelTitle>
      {seal === undefined ? (
        <Banner kind="note">{t('seal.none')}</Banner>
      ) : (
        <Banner kind="good" icon="seal">
          <strong>{seal.timestamped ? t('seal.full') : t('seal.plain')}</strong>
          <p class="small">{t('seal.at', { time: formatDateTime(seal.sealedUtc) })}</p>
        </Banner>
      )}
      {seal === undefined ? null : (
        <p class="small soft">
          {t('seal.root')} <code class="hash">{seal.root}</code>
        </p>
      )}
      {summary.verified === undefined ? null : (
        <p class="small">{summary.verified ? t('verify.was') : t('verify.wasBad')}</p>
      )}
    </section>
  );
}

function HoldDialog(props: { on: boolean; onClose: () => void }): JSX.Element {
  const { session } = useReviewing();
  const [reason, setReason] = useState('');
  const submit = async () => {
    if (props.on) await session.api.liftHold(reason.trim());
    else await session.api.hold(reason.trim());
    props.onClose();
    tell(props.on ? t('hold.lifted') : t('hold.done'), 'good');
    await session.refresh();
  };
  return (
    <FormDialog
      title={props.on ? t('hold.lift') : t('hold.open')}
      submit={props.on ? t('hold.lift') : t('hold.put')}
      danger={props.on}
      ready={reason.trim() !== ''}
      onSubmit={() => start(submit)}
      onClose={props.onClose}
    >
      <p>{props.on ? t('hold.liftText') : t('hold.text')}</p>
      <TextField
        label={t('hold.reason')}
        value={reason}
        onChange={setReason}
        attributes={{ required: true, maxLength: 500 }}
      />
    </FormDialog>
  );
}

function Standing(props: { view: RecordingView }): JSX.Element {
  const { summary } = props.view;
  return (
    <section class="stack tight">
      <div class="row">
        <StateTag summary={summary} />
        <Flags summary={summary} />
      </div>
      <dl class="figures-list small">
        <div>
          <dt>{t('retention.title')}</dt>
          <dd>
            {t(`retention.${summary.retentionClass}`)}
            {summary.deleteAfter === undefined
              ? ''
              : `, ${t('retention.until', { time: formatDateTime(summary.deleteAfter) })}`}
          </dd>
        </div>
      </dl>
      {summary.legalHold === undefined ? null : (
        <p class="small">
          {t('review.holdBy', { name: summary.legalHold.by, reason: summary.legalHold.reason })}
        </p>
      )}
    </section>
  );
}

export function RecordPanel(): JSX.Element {
  const { session } = useReviewing();
  useChanges(session);
  const [dialog, setDialog] = useState<'export' | 'hold'>();
  const [jobs, setJobs] = useState<readonly Job[]>([]);
  const { view } = session;
  const add = (job: Job) => setJobs((old) => [job, ...old]);
  const { reviewedBy, legalHold } = view.summary;
  const mark = async () => {
    await session.api.markReviewed();
    tell(t('review.marked'), 'good');
    await session.refresh();
  };
  return (
    <div class="panel stack loose">
      <Standing view={view} />
      <Seal view={view} />
      {jobs.map((job) => (
        <JobLine key={job.jobId} job={job} />
      ))}
      {isReviewer() ? (
        <section class="stack tight record-keys" aria-label={t('review.act')}>
          <button
            type="button"
            class="button"
            onClick={() => start(async () => add(await session.api.verify()))}
          >
            <Icon name="seal" />
            {t('verify.open')}
          </button>
          {view.mayExport ? (
            <button type="button" class="button" onClick={() => setDialog('export')}>
              <Icon name="download" />
              {t('export.open')}
            </button>
          ) : null}
          <button
            type="button"
            class="button"
            disabled={reviewedBy !== undefined}
            onClick={() => start(mark)}
          >
            <Icon name="check" />
            {reviewedBy === undefined ? t('review.mark') : t('review.reviewedBy', { name: reviewedBy })}
          </button>
          <button type="button" class="button" onClick={() => setDialog('hold')}>
            <Icon name="lock" />
            {legalHold === undefined ? t('hold.open') : t('hold.lift')}
          </button>
        </section>
      ) : null}
      {dialog === 'export' ? <ExportDialog onStarted={add} onClose={() => setDialog(undefined)} /> : null}
      {dialog === 'hold' ? (
        <HoldDialog on={legalHold !== undefined} onClose={() => setDialog(undefined)} />
      ) : null}
    </div>
  );
}
