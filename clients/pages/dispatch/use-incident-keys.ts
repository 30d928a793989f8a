/** The single-key shortcuts inside an incident; those of the list stand with the page. */
import { start } from '../../ui/announcer.tsx';
import { useShortcuts } from '../../ui/shortcuts.ts';
import { type PictureKeys, pictureKey, stageKey } from '../consult/picture-keys.ts';
import type { StageTools } from '../consult/use-stage-tools.ts';
import { useRoom } from '../live/live-room.ts';
import type { OwnMedia } from '../live/use-own-media.ts';
import { BASIS_KEYS, setBasis } from './basis-keys.tsx';
import { ASK_KEYS, PANEL_KEYS, type PanelName } from './dispatch-keys.ts';
import { answerAsking } from './link-strip.tsx';
import { askingOf } from './link-view.ts';
import type { Asks } from './use-asks.ts';

interface Shown extends PictureKeys {
  readonly tools: StageTools;
  readonly asks: Asks;
  readonly voice: OwnMedia;
  readonly demonstration: OwnMedia;
}
interface Setters {
  readonly choose: (producerId: string) => void;
  readonly panel: (panel: PanelName) => void;
  readonly links: () => void;
  readonly veil: () => void;
}

export function useIncidentKeys(shown: Shown, set: Setters): void {
  const room = useRoom();
  const answer = (admitted: boolean): boolean => {
    const [first] = askingOf(room.state.value);
    if (first === undefined) return false;
    start(() => answerAsking(room, first, admitted));
    return true;
  };
  /** Keys that act on the phone or the incident. Answers whether it was one. */
  const onPhoneKey = (name: string): boolean => {
    const what = ASK_KEYS[name];
    const basis = BASIS_KEYS.find(([key]) => key === name)?.[1];
    if (what !== undefined) start(() => shown.asks.ask(what));
    else if (basis !== undefined) start(() => setBasis(room, basis));
    else if (name === ',') start(() => shown.asks.zoom('out'));
    else if (name === '.') start(() => shown.asks.zoom('in'));
    else if (name === 'y') return answer(true);
    else if (name === 'd') return answer(false);
    else return false;
    return true;
  };
  /** Keys that act on this page alone. */
  const onPageKey = (name: string): boolean => {
    const panel = PANEL_KEYS[name];
    const { voice, demonstration, tools } = shown;
    if (panel !== undefined) set.panel(panel);
    else if (name === 'l') set.links();
    else if (name === 'b') set.veil();
    else if (name === 'm') start(() => voice.set(!voice.on));
    else if (name === 'v') start(() => demonstration.set(!demonstration.on));
    else return stageKey(name, tools);
    return true;
  };
  useShortcuts((key) => {
    if (pictureKey(key, shown, set.choose)) return true;
    const name = key.toLowerCase();
    return onPhoneKey(name) || onPageKey(name);
  });
}
