/** What a person has in hand while drawing, as signals: the tool, whom it is for, what is hidden, what could not be sent. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { CARD_MM } from '../../../ar-annotations/scene/measure.ts';
import { nextStamp } from '../../../ar-annotations/scene/outline.ts';
import type { Mark, Surface } from '../../../ar-annotations/scene/types.ts';
import type { MarkSession, Pen } from '../../core/marks/types.ts';
import type { RoomSession } from '../../core/types.ts';
import { t } from '../../i18n/index.ts';
import { start, tell } from '../../ui/announcer.tsx';
import { errorFacts, errorText } from '../../ui/error-text.ts';
import { type DrawTarget, PenDriver } from './pen-driver.ts';
import { leadsMarks } from './scene-view.ts';
import { IDLE, stepTool, type Tool, type ToolContext, type ToolInput, type ToolState } from './tools.ts';

export class Drawing {
  readonly session: RoomSession;
  readonly marks: MarkSession;
  /** Undefined: the hand, which moves and zooms. */
  readonly tool = signal<Tool | undefined>(undefined);
  /** Undefined: whom the picture shows. */
  readonly patientId = signal<string | undefined>(undefined);
  /** Whether a pen that goes down freezes the picture. */
  readonly freezes = signal(true);
  /** Own view only. */
  readonly hidesAll = signal(false);
  readonly hidden = signal<ReadonlySet<string>>(new Set());
  readonly image = signal<ToolContext['image']>(undefined);
  readonly scale = signal<ToolContext['scale']>({ kind: 'card', mm: CARD_MM });
  readonly #state = signal<ToolState>(IDLE);
  readonly #unsent = signal(0);
  readonly #pens: PenDriver;
  #target: DrawTarget | undefined;

  constructor(session: RoomSession, marks: MarkSession) {
    this.session = session;
    this.marks = marks;
    this.#pens = new PenDriver(marks, {
      onUnsent: (pen, error) => this.#onUnsent(pen, error),
      onRefused: (error) => tell(errorText(error), 'bad'),
    });
  }

  /** Where the tool stands: idle, drawing, along the known length, or waiting for words. */
  get state(): ReadonlySignal<ToolState> {
    return this.#state;
  }

  get unsent(): ReadonlySignal<number> {
    return this.#unsent;
  }

  choose(tool: Tool | undefined): void {
    this.input({ type: 'reset' });
    this.tool.value = tool;
    const newest = this.session.state.marks.images.at(-1);
    if (tool !== 'image' || this.image.value !== undefined || newest === undefined) return;
    this.image.value = { imageId: newest.imageId, aspect: newest.width / newest.height };
  }

  /** Another known length is another line to be drawn. */
  setScale(scale: ToolContext['scale']): void {
    this.input({ type: 'reset' });
    this.scale.value = scale;
  }

  /** @param target what is drawn on; given with `down` */
  input(input: ToolInput, target?: DrawTarget): void {
    const tool = this.tool.value;
    if (tool === undefined) return;
    if (target !== undefined) this.#target = target;
    const on = this.#target;
    if (on === undefined) return;
    const [next, steps] = stepTool(tool, this.#state.value, input, this.#context(on));
    this.#state.value = next;
    this.#pens.run(steps, on, this.patientFor(on.surface));
  }

  /** Whom a mark on this surface is for. */
  patientFor(surface: Surface): string {
    const chosen = this.patientId.value;
    if (chosen !== undefined) return chosen;
    const { sources } = this.session.state;
    const of = surface.kind === 'video' ? sources[surface.producerId]?.source.patientId : undefined;
    return of ?? 'scene';
  }

  /** Own marks, and anybody's for who leads. */
  mayErase(mark: Pick<Mark, 'author'>): boolean {
    const { state, peerId } = this.session;
    return mark.author === peerId || leadsMarks(state, peerId);
  }

  toggleHidden(markId: string): void {
    const next = new Set(this.hidden.value);
    if (!next.delete(markId)) next.add(markId);
    this.hidden.value = next;
  }

  undo(): void {
    start(() => this.session.request('mark.undo', {}));
  }

  redo(): void {
    start(() => this.session.request('mark.redo', {}));
  }

  clearOwn(): void {
    start(() => this.session.request('mark.clear', { author: this.session.peerId }));
  }

  erase(markIds: readonly string[]): void {
    start(() => this.session.request('mark.erase', { markIds: [...markIds] }));
  }

  sendAgain(): void {
    start(async () => {
      await this.#pens.sendAgain();
      this.#unsent.value = this.#pens.unsent.length;
    });
  }

  discardUnsent(): void {
    this.#pens.discard();
    this.#unsent.value = 0;
  }

  close(): void {
    this.#pens.close();
  }

  #context({ aspect }: DrawTarget): ToolContext {
    return {
      aspect,
      nextStamp: nextStamp(this.session.state.marks.scene),
      image: this.image.value,
      scale: this.scale.value,
    };
  }

  /** A refusal will be the same the next time; everything else may go through later. */
  #onUnsent(pen: Pen, error: unknown): void {
    const { code } = errorFacts(error);
    const isRefused = code !== 'offline' && code !== 'internal' && code !== 'deadline-exceeded';
    tell(this.tool.value === 'measure' && code === 'forbidden' ? t('measure.off') : errorText(error), 'bad');
    if (isRefused) this.#pens.discard([pen]);
    this.#unsent.value = this.#pens.unsent.length;
  }
}
