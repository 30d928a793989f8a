/** The keys of drawing: one letter for each tool, and the usual keys of undo and redo. */
import { useEffect, useRef } from 'preact/hooks';
import { belongsToControl, shortcutsOn } from '../../ui/shortcuts.ts';
import type { Drawing } from './drawing.ts';
import { TOOLS, type Tool } from './tools.ts';

/** None of them is a key of the pages that draw. */
export const TOOL_KEYS: Readonly<Record<Tool | 'hand', string>> = {
  hand: 'q',
  pointer: 'x',
  stroke: 'd',
  arrow: 'a',
  ellipse: 'e',
  text: 't',
  stamp: 'n',
  image: 'i',
  measure: 'r',
  erase: 'w',
};

export interface MarkKeys {
  readonly drawing: Drawing;
  readonly freeze: { readonly isFrozen: boolean; readonly toggle: () => void } | undefined;
  /** Chooses a tool, and brings the focus to the picture, so that its keys draw there. */
  readonly choose: (tool: Tool | undefined) => void;
}

/** What a key without Ctrl does; answers whether it did anything. */
export function markKey(key: string, keys: MarkKeys | undefined): boolean {
  if (keys === undefined) return false;
  const { drawing, freeze } = keys;
  const name = key.toLowerCase();
  const tool = TOOLS.find((each) => TOOL_KEYS[each] === name);
  if (tool !== undefined) keys.choose(tool);
  else if (name === TOOL_KEYS.hand) keys.choose(undefined);
  else if (name === 'h') drawing.hidesAll.value = !drawing.hidesAll.value;
  else if (name === 'z' && freeze !== undefined) freeze.toggle();
  else if (key === 'Delete') drawing.clearOwn();
  else if (key === 'Escape') return endOne(keys);
  else return false;
  return true;
}

/** What is being drawn goes first, then the frozen picture, then the tool. */
function endOne({ drawing, freeze, choose }: MarkKeys): boolean {
  const { is } = drawing.state.value;
  if (is !== 'idle') drawing.input({ type: 'cancel' });
  else if (freeze?.isFrozen === true) freeze.toggle();
  else if (drawing.tool.value !== undefined) choose(undefined);
  else return false;
  return true;
}

/** Ctrl or Cmd with Z and Y, which other keys of a page leave to the browser. */
export function useUndoKeys(drawing: Drawing | undefined): void {
  const latest = useRef(drawing);
  latest.current = drawing;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const marks = latest.current;
      if (marks === undefined || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      if (!shortcutsOn.value || document.querySelector('dialog[open]') !== null) return;
      if (event.target instanceof HTMLElement && belongsToControl(event.target, event.key)) return;
      const key = event.key.toLowerCase();
      if (key === 'z' && !event.shiftKey) marks.undo();
      else if (key === 'y' || key === 'z') marks.redo();
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}
