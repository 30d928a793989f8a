/** Renders a part of the page again every second, for what only time changes. */
import { useEffect, useState } from 'preact/hooks';

export function useSeconds(): void {
  const [, look] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => look((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, []);
}
