/** The single-key shortcuts of the player. */
import { useShortcuts } from '../../ui/shortcuts.ts';
import { changeSpeed, jump, jumpToMark, step, toggleDrawn, togglePlay, toggleSound } from './commands.ts';
import type { Reviewing } from './reviewing.ts';

export function useReviewKeys(
  reviewing: Reviewing,
  more: { full: (() => void) | undefined; keys: () => void },
): void {
  const { player, session } = reviewing;
  const actions: Readonly<Record<string, () => void>> = {
    ' ': () => togglePlay(reviewing),
    ',': () => step(reviewing, -1),
    '.': () => step(reviewing, 1),
    n: () => jumpToMark(reviewing, 1),
    p: () => jumpToMark(reviewing, -1),
    '[': () => changeSpeed(reviewing, -1),
    ']': () => changeSpeed(reviewing, 1),
    m: () => toggleSound(reviewing),
    h: () => toggleDrawn(reviewing),
    f: () => more.full?.(),
    l: () => {
      if (session.view.live) player.followLive();
    },
    '?': more.keys,
  };
  useShortcuts((key, event) => {
    const pictures = player.lanes.filter(({ kind }) => kind === 'video');
    const tile = /^[1-9]$/.test(key) ? pictures[Number(key) - 1] : undefined;
    if (tile !== undefined) {
      player.setLarge(tile.trackId);
      return true;
    }
    if (key === 'ArrowLeft' || key === 'ArrowRight') {
      jump(reviewing, (key === 'ArrowLeft' ? -1 : 1) * (event.shiftKey ? 30_000 : 5000));
      return true;
    }
    const action = actions[key.length === 1 ? key.toLowerCase() : key];
    action?.();
    return action !== undefined;
  });
}
