/** The inits of one track: a new one where codec parameters or size change, the old one where they return. */
import { hash } from 'node:crypto';
import { type Container, containerFor } from '../container/container.ts';
import type { CodecConfig } from '../core/types.ts';
import type { PackageOutput } from './outputs.ts';

export interface InitsState {
  readonly config: CodecConfig | undefined;
  readonly known: readonly { readonly key: string; readonly initId: string }[];
}

export class Inits {
  readonly #known: Map<string, string>;
  #config: CodecConfig | undefined;
  #container: Container | undefined;
  #initId = '';

  constructor(state: InitsState = { config: undefined, known: [] }) {
    this.#known = new Map(state.known.map(({ key, initId }) => [key, initId]));
    if (!state.config) return;
    this.#config = state.config;
    this.#container = containerFor(state.config);
    this.#initId = this.#known.get(keyOf(state.config)) ?? '';
  }

  get state(): InitsState {
    return { config: this.#config, known: [...this.#known].map(([key, initId]) => ({ key, initId })) };
  }

  get container(): Container | undefined {
    return this.#container;
  }

  get initId(): string {
    return this.#initId;
  }

  /** True when segments of this configuration need another init than the one before. */
  differs(config: CodecConfig): boolean {
    return this.#config === undefined || keyOf(this.#config) !== keyOf(config);
  }

  /** Answers the init when it is one that was not used before. */
  use(config: CodecConfig): PackageOutput | undefined {
    const container = containerFor(config);
    const key = keyOf(config);
    const known = this.#known.get(key);
    this.#config = config;
    this.#container = container;
    this.#initId = known ?? `i${this.#known.size + 1}`;
    if (known !== undefined) return undefined;
    this.#known.set(key, this.#initId);
    const { width, height } = config;
    return {
      type: 'init',
      initId: this.#initId,
      format: container.format,
      mimeType: container.mimeType,
      ...(width === undefined ? {} : { width }),
      ...(height === undefined ? {} : { height }),
      bytes: container.init(),
    };
  }
}

function keyOf({ codec, codecString, width, height, channels, description }: CodecConfig): string {
  const parameters = description ? hash('sha256', description) : '';
  return JSON.stringify([codec, codecString, width ?? 0, height ?? 0, channels ?? 0, parameters]);
}
