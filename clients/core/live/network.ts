/** Hears from the browser that the network changed or the page woke up; does nothing where there is no such browser. */

/** @param changed called after `online`, a change of the connection, or the page becoming visible. */
export function watchNetwork(changed: () => void): () => void {
  const targets: [EventTarget, string][] = [];
  if (typeof window !== 'undefined') targets.push([window, 'online'], [window, 'offline']);
  if (typeof document !== 'undefined') targets.push([document, 'visibilitychange']);
  const connection = connectionOf();
  if (connection) targets.push([connection, 'change']);
  for (const [target, name] of targets) target.addEventListener(name, changed);
  return () => {
    for (const [target, name] of targets) target.removeEventListener(name, changed);
  };
}

/** `navigator.connection` (Network Information API) exists in Chromium only. */
function connectionOf(): EventTarget | undefined {
  if (typeof navigator === 'undefined' || !('connection' in navigator)) return undefined;
  return navigator.connection instanceof EventTarget ? navigator.connection : undefined;
}
