/**
 * Carries the steps of the tools to the pens of the SDK. An anchor takes some milliseconds to be made from its frame: what is drawn
 * meanwhile waits and follows at once. A mark that could not be sent is kept, so that nobody draws it twice.
 */
import type { Anchor, Point, Surface } from '../../../ar-annotations/scene/types.ts';
import type { MarkSession, Pen } from '../../core/marks/types.ts';
import type { ToolStep } from './tools.ts';

/** What is drawn on, as it was when the pen went down. */
export interface DrawTarget {
  readonly surface: Surface;
  readonly aspect: number;
  anchor(at: Point): Promise<Anchor>;
  /** From the frame on the screen now to the frame of the anchor, where both differ: live drawing on a moving picture. */
  toReference?(at: Point, markId: string): Point;
  /** The mark's own id, once its pen is down. */
  onPen?(pen: Pen): void;
}

interface Job {
  pen: Pen | undefined;
  readonly target: DrawTarget;
  readonly waiting: ToolStep[];
}

export interface PenDriverEvents {
  /** Could not be sent; `again` and `discard` stand in `unsent`. */
  onUnsent(error: unknown): void;
  /** The anchor could not be made, or the pen was refused: nothing is drawn. */
  onRefused(error: unknown): void;
}

export class PenDriver {
  readonly #marks: Pick<MarkSession, 'begin'>;
  readonly #events: PenDriverEvents;
  #job: Job | undefined;
  #unsent: readonly Pen[] = [];

  constructor(marks: Pick<MarkSession, 'begin'>, events: PenDriverEvents) {
    this.#marks = marks;
    this.#events = events;
  }

  /** Finished marks that no server has taken yet. */
  get unsent(): readonly Pen[] {
    return this.#unsent;
  }

  /** @param target where a `begin` among the steps draws; it must be given with one */
  run(steps: readonly ToolStep[], target: DrawTarget | undefined, patientId: string): void {
    for (const step of steps) {
      if (step.do === 'erase') continue;
      if (step.do === 'begin') {
        if (target !== undefined) this.#begin(step, target, patientId);
      } else if (this.#job !== undefined) this.#step(this.#job, step);
    }
  }

  /** Tries once more to send what could not be sent. */
  async sendAgain(): Promise<void> {
    const pens = this.#unsent;
    this.#unsent = [];
    for (const pen of pens) await this.#finish(pen);
  }

  discard(): void {
    for (const pen of this.#unsent) pen.cancel();
    this.#unsent = [];
  }

  close(): void {
    this.#job?.pen?.cancel();
    this.#job = undefined;
    this.discard();
  }

  #begin({ kind, at }: Extract<ToolStep, { do: 'begin' }>, target: DrawTarget, patientId: string): void {
    const job: Job = { pen: undefined, target, waiting: [] };
    this.#job = job;
    const { surface, aspect } = target;
    const open = async () => {
      const anchor = await target.anchor(at);
      // Cancelled before it could begin: then nobody need hear of it.
      if (job.waiting.some((step) => step.do === 'cancel')) return;
      const pen = this.#marks.begin({ kind, surface, anchor, patientId, aspect, at });
      job.pen = pen;
      target.onPen?.(pen);
      for (const step of job.waiting.splice(0)) this.#step(job, step);
    };
    open().catch((error: unknown) => {
      if (this.#job === job) this.#job = undefined;
      this.#events.onRefused(error);
    });
  }

  #step(job: Job, step: ToolStep): void {
    const { pen, target } = job;
    const isEnd = step.do === 'finish' || step.do === 'cancel';
    if (isEnd && this.#job === job) this.#job = undefined;
    if (pen === undefined) {
      job.waiting.push(step);
      return;
    }
    if (step.do === 'points') {
      const { toReference } = target;
      pen.move(
        toReference === undefined
          ? step.points
          : step.points.map(([x, y, pressure, ms]) => {
              const place = toReference({ x, y }, pen.markId);
              return [place.x, place.y, pressure, ms] as const;
            }),
      );
    } else if (step.do === 'shape') pen.shape(step.shape);
    else if (step.do === 'cancel') pen.cancel();
    else if (step.do === 'finish') void this.#finish(pen);
  }

  async #finish(pen: Pen): Promise<void> {
    try {
      await pen.finish();
    } catch (error) {
      this.#unsent = [...this.#unsent, pen];
      this.#events.onUnsent(error);
    }
  }
}
