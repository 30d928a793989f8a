/** A verify or an export under way, and what came of it. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Job } from '../../../signaling/protocol/recordings.ts';
import { formatPercent } from '../../i18n/format.ts';
import { lookUp, t } from '../../i18n/index.ts';
import { announce } from '../../ui/announcer.tsx';
import { Banner } from '../../ui/controls.tsx';
import { Icon } from '../../ui/icons.tsx';
import { jobVerdict } from './job-view.ts';
import { useReviewing } from './reviewing.ts';

const ASK_MS = 1000;

const isOver = (job: Job) => job.state === 'done' || job.state === 'failed';

/** Asks until it is done; a question that fails is asked again. */
function useJob(first: Job): Job {
  const { session } = useReviewing();
  const [job, setJob] = useState(first);
  useEffect(() => {
    if (isOver(job)) return undefined;
    let wanted = true;
    const timer = setTimeout(() => {
      session.api.job(job.jobId).then(
        (next) => {
          if (wanted) setJob(next);
        },
        () => {
          if (wanted) setJob({ ...job });
        },
      );
    }, ASK_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [job, session]);
  return job;
}

function Running(props: { job: Job }): JSX.Element {
  const { job } = props;
  const what = job.kind === 'verify' ? t('job.verify') : t('job.export');
  const step = job.state === 'waiting' ? t('job.waiting') : lookUp(`job.step.${job.step}`);
  return (
    <div class="stack tight" role="status">
      <div class="row spread">
        <span>
          <strong>{what}</strong> {step}
        </span>
        <span class="figures">{formatPercent(job.progress)}</span>
      </div>
      <progress value={job.progress} max={1} aria-label={t('job.progress')} />
    </div>
  );
}

export function JobLine(props: { job: Job }): JSX.Element {
  const { session } = useReviewing();
  const job = useJob(props.job);
  const verdict = jobVerdict(job);
  const text =
    verdict.kind === 'whole'
      ? t('job.verified')
      : verdict.kind === 'unsealed'
        ? t('job.unsealed')
        : verdict.kind === 'faults'
          ? t('job.verifiedBad', { n: verdict.count })
          : verdict.kind === 'failed'
            ? t('job.failed', { why: lookUp(`error.${verdict.why}`) ?? verdict.why })
            : '';
  const isCalm = verdict.kind === 'whole' || verdict.kind === 'unsealed';
  useEffect(() => {
    if (text !== '') announce(text, isCalm ? 'calm' : 'urgent');
  }, [text, isCalm]);
  if (verdict.kind === 'running') return <Running job={job} />;
  if (verdict.kind === 'file') {
    return (
      <a class="button primary" href={session.api.jobFileUrl(job.jobId)} download="">
        <Icon name="download" />
        {t('job.download')}
      </a>
    );
  }
  return (
    <Banner
      kind={verdict.kind === 'whole' ? 'good' : isCalm ? 'note' : 'bad'}
      icon={verdict.kind === 'whole' ? 'seal' : 'warn'}
    >
      {text}
    </Banner>
  );
}
