/** Who speaks, put together from the workers of a room and told as it passes: not a fact (design section 4). */
import type { ControlEventData } from '../protocol/control.ts';
import type { MediaRoom } from './media-room.ts';
import { isSilenced } from './plan-audio.ts';

type Speakers = ControlEventData<'speaking'>['speakers'];

export class SpeakerBoard {
  /** Last report of each worker of each room; gone with the room. */
  readonly #reports = new WeakMap<MediaRoom, Map<string, Speakers>>();

  /** Takes in what one worker heard and tells the room, loudest first, one level for each peer. */
  say(room: MediaRoom, workerKey: string, speakers: Speakers): void {
    const reports = this.#reports.get(room) ?? new Map<string, Speakers>();
    this.#reports.set(room, reports.set(workerKey, speakers));
    const levels = new Map<string, number>();
    for (const { producerId, level } of [...reports.values()].flat()) {
      const source = room.state.sources[producerId];
      if (!source || isSilenced(room.state, source)) continue;
      levels.set(source.peerId, Math.max(levels.get(source.peerId) ?? Number.NEGATIVE_INFINITY, level));
    }
    const told = [...levels].map(([peerId, level]) => ({ peerId, level })).sort((a, b) => b.level - a.level);
    room.deps.notifier.notifyRoom(room.roomId, 'speaking', { speakers: told }, { volatile: true });
  }
}
