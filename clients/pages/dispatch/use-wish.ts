/** The state of a form that ends in a link: what is filled in, what is asked for now, and the way to its end. */
import { useState } from 'preact/hooks';
import type { Helpers } from '../../../signaling/protocol/links.ts';
import { language } from '../../i18n/index.ts';
import { errorText } from '../../ui/error-text.ts';
import { config } from '../../ui/me.ts';
import { countryOf, firstWish, type LinkWish, problemOf } from './wish.ts';

export interface WishForm {
  readonly wish: LinkWish;
  setWish(wish: LinkWish): void;
  /** Whether somebody has tried to send: then problems are errors. */
  readonly tried: boolean;
  /** Waits for the answer to "second helper there?". */
  readonly asksHelpers: boolean;
  readonly busy: boolean;
  /** What the server said against it. */
  readonly problem: string | undefined;
  /** Enter: does it, or says what is missing. */
  submit(): void;
  /** The answer; does it at once where it was all that was missing. */
  answer(helpers: Helpers): void;
}

/** @param make does it; rejects with a coded error */
export function useWish(first: Partial<LinkWish>, make: (wish: LinkWish) => Promise<void>): WishForm {
  const [wish, setWish] = useState<LinkWish>(() => ({
    ...firstWish(language.value, countryOf(config.value)),
    ...first,
  }));
  const [tried, setTried] = useState(false);
  const [asksHelpers, setAsksHelpers] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const run = async (wanted: LinkWish) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await make(wanted);
    } catch (error) {
      setProblem(errorText(error));
    } finally {
      setBusy(false);
    }
  };
  const go = (wanted: LinkWish) => {
    if (busy) return;
    const missing = problemOf(wanted);
    setTried(true);
    setAsksHelpers(missing === 'helpers');
    if (missing === undefined) void run(wanted);
  };
  return {
    wish,
    setWish,
    tried,
    asksHelpers,
    busy,
    problem,
    submit: () => go(wish),
    answer(helpers) {
      const answered = { ...wish, helpers };
      setWish(answered);
      if (asksHelpers) go(answered);
    },
  };
}
