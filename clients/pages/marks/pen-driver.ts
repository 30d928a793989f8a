/** Carries the steps of the tools to the pens of the SDK, and keeps a mark that could not be sent, so that nobody draws it twice. */
import type { Anchor, Point, Shape, Surface } from '../../../ar-annotations/scene/types.ts';
import type { MarkSession, Pen } from '../../core/marks/types.ts';
import type { ToolStep } from './tools.ts';

/** What is drawn on, as it was when the pen went down. */
export interface DrawTarget {
  readonly surface: Surface;
  readonly aspect: number;
  anchor(at: Point): Anchor;
  /** The anchor of the finished shape: the patch under all of it decides. */
  anchorOf?(shape: Shape): Anchor;
  /** From the frame on the screen now to the frame of the anchor, where both differ: live drawing on a moving picture. */
  toReference?(at: Point, markId: string): Point;
  /** The pen is down. */
  onPen?(pen: Pen): void;
}

export interface PenDriverEvents {
  /** Could not be sent; it stands in `unsent`. */
  onUnsent(pen: Pen, error: unknown): void;
  /** The anchor could not be made, or the pen was refused: nothing is drawn. */
  onRefused(error: unknown): void;
}

export class PenDriver {
  readonly #marks: Pick<MarkSession, 'begin'>;
  readonly #events: PenDriverEvents;
  #down: { readonly pen: Pen; readonly target: DrawTarget } | undefined;
  #unsent: readonly Pen[] = [];

  constructor(marks: Pick<MarkSession, 'begin'>, events: PenDriverEvents) {
    this.#marks = marks;
    this.#events = events;
  }

  /** Finished marks that no server has taken yet. */
  get unsent(): readonly Pen[] {
    return this.#unsent;
  }

  /** @param target where a `begin` among the steps draws */
  run(steps: readonly ToolStep[], target: DrawTarget, patientId: string): void {
    for (const step of steps) {
      if (step.do === 'begin') this.#begin(step, target, patientId);
      else if (step.do !== 'erase') this.#step(step);
    }
  }

  /** Tries once more to send what could not be sent. */
  async sendAgain(): Promise<void> {
    const pens = this.#unsent;
    this.#unsent = [];
    for (const pen of pens) await this.#finish(pen);
  }

  discard(pens: readonly Pen[] = this.#unsent): void {
    this.#unsent = this.#unsent.filter((pen) => !pens.includes(pen));
    for (const pen of pens) pen.cancel();
  }

  close(): void {
    this.#down?.pen.cancel();
    this.#down = undefined;
    this.discard();
  }

  #begin({ kind, at }: Extract<ToolStep, { do: 'begin' }>, target: DrawTarget, patientId: string): void {
    const { surface, aspect, anchorOf } = target;
    try {
      const anchor = target.anchor(at);
      const more = anchorOf === undefined ? {} : { anchorOf };
      const pen = this.#marks.begin({ kind, surface, anchor, patientId, aspect, at, ...more });
      this.#down = { pen, target };
      target.onPen?.(pen);
    } catch (error) {
      this.#down = undefined;
      this.#events.onRefused(error);
    }
  }

  #step(step: Exclude<ToolStep, { do: 'begin' | 'erase' }>): void {
    if (this.#down === undefined) return;
    const { pen, target } = this.#down;
    if (step.do === 'shape') pen.shape(step.shape);
    else if (step.do === 'points') {
      const { toReference } = target;
      const points = step.points.map(([x, y, pressure, ms]) => {
        const place = toReference === undefined ? { x, y } : toReference({ x, y }, pen.markId);
        return [place.x, place.y, pressure, ms] as const;
      });
      pen.move(points);
    } else {
      this.#down = undefined;
      if (step.do === 'cancel') pen.cancel();
      else void this.#finish(pen);
    }
  }

  async #finish(pen: Pen): Promise<void> {
    try {
      await pen.finish();
    } catch (error) {
      this.#unsent = [...this.#unsent, pen];
      this.#events.onUnsent(pen, error);
    }
  }
}
