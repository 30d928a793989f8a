/** The publisher's side of a measurement: a process that sends prepared RTP on an absolute schedule. */
import { z } from 'zod';
import { type PinnedOptions, PinnedProcess } from '../measuring/pinned-process.ts';
import type { Span } from './schedule.ts';
import type { Input } from './types.ts';

export interface SourceStream {
  readonly input: Input;
  /** Each packet goes to all of them; a server's inlet is one. */
  readonly targets: readonly { readonly ip: string; readonly port: number }[];
}

const Sent = z.strictObject({
  /** For each stream, the numbers of the packets that were sent: from the first, so many. */
  streams: z.array(z.strictObject({ first: z.number(), count: z.number() })),
  /** Milliseconds behind the schedule. */
  late: z.strictObject({ p50: z.number(), p99: z.number(), max: z.number() }),
});
export type Sent = z.infer<typeof Sent>;

export class Source {
  readonly #process: PinnedProcess;

  private constructor(process: PinnedProcess) {
    this.#process = process;
  }

  /** Starts the process and hands it the packets of all streams. */
  static async start(options: PinnedOptions, streams: readonly SourceStream[]): Promise<Source> {
    const source = new Source(new PinnedProcess(new URL('source-process.ts', import.meta.url), options));
    try {
      const plain = streams.map(({ input, targets }) => ({
        input,
        targets: targets.map(({ ip, port }) => ({ ip, port })),
      }));
      await source.#process.ask({ do: 'open', streams: plain });
      return source;
    } catch (error) {
      await source.close();
      throw error;
    }
  }

  /** Sends all packets of this span at their times and resolves when the last one has left. */
  async send(span: Span): Promise<Sent> {
    return Sent.parse(await this.#process.ask({ do: 'send', span }, span.toMs - span.fromMs + 30_000));
  }

  /** Idempotent. */
  close(): Promise<void> {
    return this.#process.close();
  }
}
