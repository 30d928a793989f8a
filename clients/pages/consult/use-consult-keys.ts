/** The single-key shortcuts of the consult page. */
import { start } from '../../ui/announcer.tsx';
import { useShortcuts } from '../../ui/shortcuts.ts';
import type { OwnMedia } from '../live/use-own-media.ts';
import { type MarkKeys, markKey, useUndoKeys } from '../marks/use-mark-keys.ts';
import { type PictureKeys, pictureKey, stageKey } from './picture-keys.ts';
import type { PanelName } from './side-panel.tsx';
import type { StageTools } from './use-stage-tools.ts';

const panelKeys: Readonly<Record<string, PanelName>> = {
  c: 'chat',
  o: 'orders',
  k: 'care',
  j: 'marks',
  u: 'people',
  l: 'link',
};

interface Shown extends PictureKeys {
  readonly tools: StageTools;
  /** Undefined where this person may not draw. */
  readonly marks: MarkKeys | undefined;
  /** Undefined for roles that only look and listen. */
  readonly own: { readonly voice: OwnMedia; readonly face: OwnMedia } | undefined;
}
interface Setters {
  readonly setChosen: (producerId: string) => void;
  readonly setPanel: (panel: PanelName) => void;
  readonly setDialog: (dialog: 'keys') => void;
}

export function useConsultKeys(shown: Shown, set: Setters): void {
  const { tools, own, marks } = shown;
  useUndoKeys(marks?.drawing);
  useShortcuts((key) => {
    if (pictureKey(key, shown, set.setChosen)) return true;
    const name = key.toLowerCase();
    const panel = panelKeys[name];
    if (panel !== undefined) set.setPanel(panel);
    else if (key === '?') set.setDialog('keys');
    else if (markKey(key, marks)) return true;
    else if (name === 'm' && own !== undefined) start(() => own.voice.set(!own.voice.on));
    else if (name === 'v' && own !== undefined) start(() => own.face.set(!own.face.on));
    else return stageKey(name, tools);
    return true;
  });
}
