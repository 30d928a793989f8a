export declare const oldest: string;
export declare const pinned: {
  readonly version: string;
  readonly packages: Readonly<Record<string, { readonly name: string; readonly integrity: string }>>;
};
export declare function cacheRoot(env?: NodeJS.ProcessEnv): string;
export declare function isNewEnough(version?: string): boolean;
export declare class BringNodeError extends Error {
  readonly code: string;
  readonly whatToDo: string;
}
export declare function bringNode(options?: {
  cache?: string;
  arch?: string;
  platform?: string;
  say?: (text: string) => void;
}): Promise<string>;
export declare function replaceWith(program: string, args: readonly string[], env: NodeJS.ProcessEnv): void;
