/** The fold: from the journal of one track to the outputs that make its package, one journal frame after the other. */
import * as z from 'zod/mini';
import type { TrackStatistics } from '../../signaling/protocol/manifest.ts';
import type { JournalFrame } from '../core/types.ts';
import { TrackFrames } from '../frames/track-frames.ts';
import type { PeerClock } from '../rtp/peer-clock.ts';
import { SegmentCutter } from './cutter.ts';
import { MessageCutter, SavedMessages } from './messages.ts';
import type { PackageOutput } from './outputs.ts';
import { Bytes, fromBytes, SavedCutter, toBytes } from './saved.ts';

/** An output with its place among those that are kept; absent for what may be let go. */
export interface Numbered {
  /** From 1, without holes. */
  readonly number?: number;
  readonly output: PackageOutput;
}

export interface FoldOptions {
  readonly kind: 'audio' | 'video' | 'messages';
  /** The clock of all tracks of one peer. Their journals are read side by side, in the order of arrival. */
  readonly peer: PeerClock;
  /** Messages are stills in chunks: whole pictures become blobs. */
  readonly stills?: boolean;
}

const Saved = z.strictObject({
  count: z.int(),
  frames: Bytes,
  cutter: z.union([SavedCutter, SavedMessages]),
});

/**
 * State of one track. The same frames in the same order give the same outputs, in one go or in many, and also when it is
 * saved and resumed in between (with the clock of the peer saved and resumed at the same frame).
 */
export class TrackPackager {
  readonly #side: Side;
  #count: number;

  constructor(options: FoldOptions, saved?: Uint8Array) {
    const state = saved ? fromBytes(Saved, saved) : undefined;
    this.#count = state?.count ?? 0;
    this.#side =
      options.kind === 'messages' ? messageSide(options, state) : mediaSide(options, options.kind, state);
  }

  /** Number of the last output that is kept. */
  get count(): number {
    return this.#count;
  }

  get statistics(): TrackStatistics {
    return this.#side.statistics();
  }

  push(frame: JournalFrame): Numbered[] {
    return [...this.#numbered(this.#side.push(frame))];
  }

  /** Gives everything that waits. Nothing may be pushed afterwards. */
  end(): Numbered[] {
    return [...this.#numbered(this.#side.end())];
  }

  save(): Uint8Array {
    return toBytes({ count: this.#count, ...this.#side.save() });
  }

  *#numbered(outputs: Iterable<PackageOutput>): Generator<Numbered> {
    for (const output of outputs) {
      if (output.type === 'picture' || output.type === 'blob') {
        yield { output };
        continue;
      }
      this.#count += 1;
      yield { number: this.#count, output };
    }
  }
}

type SavedState = z.infer<typeof Saved>;

/** What differs between packets and messages. */
interface Side {
  push(frame: JournalFrame): Iterable<PackageOutput>;
  end(): Iterable<PackageOutput>;
  save(): { readonly frames: Uint8Array; readonly cutter: unknown };
  statistics(): TrackStatistics;
}

function mediaSide({ peer }: FoldOptions, kind: 'audio' | 'video', saved: SavedState | undefined): Side {
  const options = { kind, peer };
  const frames = saved ? TrackFrames.resume(options, saved.frames) : new TrackFrames(options);
  const cutter = new SegmentCutter(kind, saved ? z.parse(SavedCutter, saved.cutter) : undefined);
  return {
    *push(frame) {
      for (const event of frames.push(frame)) yield* cutter.push(event);
      yield* cutter.passed(frame.at);
    },
    *end() {
      for (const event of frames.end()) yield* cutter.push(event);
      yield* cutter.end();
    },
    save: () => ({ frames: frames.save(), cutter: cutter.state }),
    statistics: () => frames.statistics,
  };
}

function messageSide({ peer, stills = false }: FoldOptions, saved: SavedState | undefined): Side {
  const cutter = new MessageCutter(peer, stills, saved ? z.parse(SavedMessages, saved.cutter) : undefined);
  return {
    push: (frame) => cutter.push(frame),
    end: () => cutter.end(),
    save: () => ({ frames: new Uint8Array(), cutter: cutter.state }),
    statistics: () => cutter.statistics,
  };
}
