/** All classes through all followers, on the same frames, one sequence after the other. */
import { type Followed, follow } from './evaluate.ts';
import { type Follower, naive, ours } from './follower.ts';
import { KINDS, type Kind, type Pictures, shotOf } from './kinds.ts';
import { opencvFollower } from './opencv-follower.ts';
import { type Score, scoreOf } from './score.ts';
import { film, type Sequence } from './shot.ts';

export const FOLLOWERS = ['ours', 'OpenCV', 'naive'] as const;
export type FollowerName = (typeof FOLLOWERS)[number];

export type ByFollower<T> = Readonly<Record<FollowerName, T>>;

/** One sequence, followed by all. */
export interface Trial {
  readonly kind: Kind;
  readonly seed: number;
  readonly picture: string;
  readonly sequence: Pick<Sequence, 'fps' | 'from' | 'truth'>;
  readonly followed: ByFollower<Followed>;
  readonly scores: ByFollower<readonly Score[]>;
}

export interface CampaignOptions {
  /** The first seed, and how many for each class. */
  readonly from: number;
  readonly seeds: number;
  readonly pictures: Pictures;
  readonly kinds?: readonly Kind[];
}

/** Throws when a sequence cannot be filmed or OpenCV does not start. */
export async function campaign({ from, seeds, pictures, kinds = KINDS }: CampaignOptions): Promise<Trial[]> {
  const opencv = await opencvFollower();
  const trials: Trial[] = [];
  for (const kind of kinds) {
    for (let seed = from; seed < from + seeds; seed += 1) {
      const sequence = await film(shotOf(kind, seed, pictures));
      trials.push(trialOf(kind, sequence, opencv));
    }
  }
  return trials;
}

function trialOf(kind: Kind, sequence: Sequence, opencv: () => Follower): Trial {
  const followed = {
    ours: follow(sequence, ours()),
    OpenCV: follow(sequence, opencv()),
    naive: follow(sequence, naive()),
  };
  const scores = (name: FollowerName) => followed[name].sights.map(scoreOf);
  const { seed, picture, fps, from, truth } = sequence;
  return {
    kind,
    seed,
    picture,
    sequence: { fps, from, truth },
    followed,
    scores: { ours: scores('ours'), OpenCV: scores('OpenCV'), naive: scores('naive') },
  };
}

/** Of a class the sequence on which our largest error was largest; the shortest time shown decides among equals. */
export function worstOf(trials: readonly Trial[]): Trial | undefined {
  const badness = ({ scores }: Trial) => {
    const errors = scores.ours.flatMap((score) => score.errors);
    return Math.max(0, ...errors) - errors.length / 1e6;
  };
  return [...trials].sort((a, b) => badness(b) - badness(a))[0];
}
