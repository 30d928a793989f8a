/** The marks of the room and what this person has in hand, for every part of a page that draws. */
import { type ComponentChildren, createContext, type JSX } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import { createMarks } from '../../core/marks/mark-session.ts';
import { useRoom } from '../live/live-room.ts';
import { Drawing } from './drawing.ts';

const DrawingContext = createContext<Drawing | undefined>(undefined);

/** Stands inside a joined room; closes its marks with it. */
export function DrawingProvider(props: { children: ComponentChildren }): JSX.Element {
  const { session } = useRoom();
  const [drawing, setDrawing] = useState<Drawing>();
  useEffect(() => {
    const marks = createMarks(session);
    const made = new Drawing(session, marks);
    setDrawing(made);
    return () => {
      setDrawing(undefined);
      made.close();
      marks.close();
    };
  }, [session]);
  return <DrawingContext.Provider value={drawing}>{props.children}</DrawingContext.Provider>;
}

/** Undefined in the moment before the room's marks are there, and on pages that have none. */
export function useDrawing(): Drawing | undefined {
  return useContext(DrawingContext);
}
