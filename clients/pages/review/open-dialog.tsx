/** Asks once for purpose and reason; both are written down before anything of the recording is shown. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Purpose, Visit } from '../../../signaling/protocol/recordings.ts';
import { t } from '../../i18n/index.ts';
import { errorText } from '../../ui/error-text.ts';
import { SelectField, TextField } from '../../ui/fields.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { recordings } from './recordings.ts';
import { isReviewer } from './way-back.ts';

const purposes = ['quality', 'care', 'teaching', 'evidence'] as const satisfies readonly Purpose[];

export function OpenDialog(props: {
  recordingId: string;
  /** Again, since the last visit has run out. */
  again?: boolean;
  onOpened: (visit: Visit) => void;
  onClose: () => void;
}): JSX.Element {
  const [purpose, setPurpose] = useState<Purpose>(isReviewer() ? 'quality' : 'care');
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const open = () => {
    setBusy(true);
    recordings
      .visit(props.recordingId, { purpose, reason: reason.trim() })
      .then(props.onOpened, (error: unknown) => {
        setProblem(error);
        setBusy(false);
      });
  };
  return (
    <FormDialog
      title={props.again === true ? t('visit.overTitle') : t('visit.title')}
      submit={t('visit.open')}
      ready={!busy && reason.trim() !== ''}
      onSubmit={open}
      onClose={props.onClose}
    >
      <p>{props.again === true ? t('visit.overText') : t('visit.text')}</p>
      <SelectField
        label={t('visit.purpose')}
        value={purpose}
        onChange={(value) => setPurpose(purposes.find((each) => each === value) ?? 'quality')}
        options={purposes.map((value) => ({ value, text: t(`visit.purpose.${value}`) }))}
      />
      <TextField
        label={t('visit.reason')}
        hint={t('visit.reasonHint')}
        value={reason}
        onChange={setReason}
        attributes={{ name: 'reason', required: true, maxLength: 500 }}
        error={problem === undefined ? undefined : errorText(problem)}
      />
    </FormDialog>
  );
}
