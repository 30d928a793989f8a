/**
 * What the SDK uses and the older engines of in-app browsers lack (Chromium below 119, WebKit below 17.4). Imported
 * first, by the live part alone: the shell does without.
 */

/** As `Promise.withResolvers` (ECMA-262 section 27.2.4.9). */
function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve: PromiseWithResolvers<T>['resolve'] = () => undefined;
  let reject: PromiseWithResolvers<T>['reject'] = () => undefined;
  const promise = new Promise<T>((settle, fail) => {
    resolve = settle;
    reject = fail;
  });
  return { promise, resolve, reject };
}

/** As `AbortSignal.timeout` (WHATWG DOM section 3.2), in milliseconds. */
function timeout(ms: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new DOMException('The deadline passed.', 'TimeoutError')), ms);
  return controller.signal;
}

function hasOwn(of: object, key: PropertyKey): boolean {
  return Reflect.getOwnPropertyDescriptor(of, key) !== undefined;
}

/** Adds what is missing and leaves what is there. */
export function fillIn(): void {
  const missing: readonly [object, string, unknown][] = [
    [Promise, 'withResolvers', withResolvers],
    [AbortSignal, 'timeout', timeout],
    [Object, 'hasOwn', hasOwn],
  ];
  for (const [on, name, value] of missing) {
    if (!(name in on)) Object.defineProperty(on, name, { value, configurable: true, writable: true });
  }
}

fillIn();
