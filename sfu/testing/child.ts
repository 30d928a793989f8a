/** Child processes of tests that speak in lines of JSON. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface JsonChild {
  readonly pid: number;
  /** The next line it prints; rejects when it ends first. */
  next(): Promise<unknown>;
  send(message: object): void;
  /** Sends the signal and waits for the end of the process. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Runs a TypeScript file of this folder with these variables added to the environment. */
export function startChild(file: string, env: Record<string, string>): JsonChild {
  const child: ChildProcess = spawn(process.execPath, [fileURLToPath(new URL(file, import.meta.url))], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const { stdin, stdout, pid } = child;
  if (stdin === null || stdout === null || pid === undefined) throw new Error(`${file} cannot be started`);
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  return {
    pid,
    next: async () => {
      const line = await lines.next();
      if (line.done === true) throw new Error(`${file} ended without an answer`);
      return JSON.parse(line.value);
    },
    send: (message) => void stdin.write(`${JSON.stringify(message)}\n`),
    end: async (signal) => {
      child.kill(signal);
      await ended;
    },
  };
}
