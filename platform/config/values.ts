/** Small helpers for trees of options. */

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Sets the value at a dotted path, making the groups on the way; what is no group is replaced by one. */
export function setAtPath(tree: Record<string, unknown>, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop();
  if (last === undefined) return;
  let group = tree;
  for (const key of keys) {
    const inner = group[key];
    const next = isTree(inner) ? inner : {};
    group[key] = next;
    group = next;
  }
  group[last] = value;
}

/** Returns the value at a dotted path, or undefined. */
export function getAtPath(tree: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (isTree(value) ? value[key] : undefined), tree);
}
