/** Which command stands large, as the list of them changes. */
import { useCallback, useRef, useState } from 'preact/hooks';
import { type Command, keepCurrent, nextCommand } from './commands.ts';

export function useCurrent(list: readonly Command[]): { current: Command; next: () => void } {
  const [chosen, setChosen] = useState<Command>(list[0] ?? 'expert');
  const before = useRef(list);
  const current = keepCurrent(before.current, list, chosen);
  before.current = list;
  if (current !== chosen) setChosen(current);
  const next = useCallback(() => setChosen((now) => nextCommand(before.current, now)), []);
  return { current, next };
}
