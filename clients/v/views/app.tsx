/** Which screen the page shows. Every state has its words; no state is a blank page. */
import { useEffect } from 'preact/hooks';
import type { Shell } from '../shell.ts';
import { language, t } from '../texts/index.ts';
import { Ended, Unusable } from './ends.tsx';
import { HelpScreen } from './help.tsx';
import { Tap } from './tap.tsx';
import { Opening, Top } from './top.tsx';

export function App(props: { shell: Shell }) {
  const { shell } = props;
  const flow = shell.flow.value;
  useEffect(() => {
    document.documentElement.lang = language.value;
    document.title = t('title');
  }, [language.value]);
  return (
    <>
      <Top shell={shell} />
      {flow.at === 'no-secret' && <Unusable why="noSecret" />}
      {flow.at === 'unknown' && <Unusable why="unknown" />}
      {flow.at === 'tap' && <Tap shell={shell} kind={flow.kind} />}
      {flow.at === 'opening' && <Opening trouble={flow.trouble} retry={shell.retry} />}
      {flow.at === 'help' && <HelpScreen shell={shell} help={flow.help} />}
      {flow.at === 'ended' && <Ended {...flow} />}
      <p class="said" role="status">
        {shell.said.value}
      </p>
    </>
  );
}
