/** The reviewer's pages: the list of recordings, or one of them. */
import type { JSX } from 'preact';
import type { Route } from '../../ui/route.ts';
import { OneRecording } from './one-recording.tsx';
import { RecordingsPage } from './recordings-page.tsx';

export function ReviewPage(props: { route: Route }): JSX.Element {
  const { route } = props;
  if (route.page !== 'review' || route.recordingId === undefined) return <RecordingsPage />;
  return (
    <OneRecording key={`${route.recordingId} ${route.at}`} recordingId={route.recordingId} at={route.at} />
  );
}
