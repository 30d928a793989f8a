/**
 * Test hosts in network namespaces, joined by veth links whose rate can be limited with real queues (tbf). The test
 * process must itself be in a network namespace of its own (`unshare -Urn`), so that nothing here touches the
 * machine's network. The kernel has no netem: delay comes from `relay.ts`.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CHROMIUM } from '../browser/chromium.ts';

const run = promisify(execFile);

/** Address of this process on the link to host `n`, and of the host. */
const addresses = (n: number) => ({ here: `10.77.${n}.1`, there: `10.77.${n}.2` });

let hostCount = 0;

/** True when this process may make namespaces and is outside the machine's own network namespace. */
export async function inOwnNetwork(): Promise<boolean> {
  if (process.env.GOLDENHOUR_NETNS !== '1') return false;
  return run('ip', ['link', 'add', 'gh-probe', 'type', 'veth', 'peer', 'name', 'gh-probe2'])
    .then(() => run('ip', ['link', 'del', 'gh-probe']))
    .then(
      () => true,
      () => false,
    );
}

export interface Limits {
  /** Towards the host, in kbit/s; absent: unlimited. */
  readonly downKbit?: number;
  /** From the host, in kbit/s; absent: unlimited. */
  readonly upKbit?: number;
}

/** A host on a link of its own. */
export class Host {
  /** Address of this process on the link, where servers for this host listen. */
  readonly here: string;
  /** The host's own address. */
  readonly there: string;
  readonly #keeper: ChildProcess;
  readonly #link: string;
  readonly #folder: string;

  private constructor(n: number, keeper: ChildProcess, folder: string) {
    ({ here: this.here, there: this.there } = addresses(n));
    this.#keeper = keeper;
    this.#link = `gh${n}`;
    this.#folder = folder;
  }

  /** Makes a namespace and its link; throws what `ip` says when that is not allowed. */
  static async create(): Promise<Host> {
    hostCount += 1;
    await run('ip', ['link', 'set', 'lo', 'up']);
    const keeper = spawn('unshare', ['--net', 'sh', '-c', 'echo ready; exec sleep infinity'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(keeper.stdout, 'data');
    const host = new Host(hostCount, keeper, await mkdtemp(join(tmpdir(), 'goldenhour-host-')));
    const peer = `${host.#link}p`;
    await run('ip', [
      'link',
      'add',
      host.#link,
      'type',
      'veth',
      'peer',
      'name',
      peer,
      'netns',
      String(keeper.pid),
    ]);
    await run('ip', ['addr', 'add', `${host.here}/24`, 'dev', host.#link]);
    await run('ip', ['link', 'set', host.#link, 'up']);
    await host.run('ip', ['link', 'set', 'lo', 'up']);
    await host.run('ip', ['addr', 'add', `${host.there}/24`, 'dev', peer]);
    await host.run('ip', ['link', 'set', peer, 'up']);
    return host;
  }

  /** A process that lives in the host's namespace as long as the host does. */
  get pid(): number {
    if (this.#keeper.pid === undefined) throw new Error('the host has no process');
    return this.#keeper.pid;
  }

  /** The host's end of its link, as it is called there. */
  get device(): string {
    return `${this.#link}p`;
  }

  /** Runs a command on the host and answers its standard output. */
  async run(command: string, args: readonly string[]): Promise<string> {
    const { stdout } = await run('nsenter', ['-t', String(this.#keeper.pid), '-n', command, ...args]);
    return stdout;
  }

  /** Limits the link's rates; `{}` lifts both limits. Queues hold 300 ms, as a mobile network's do. */
  async limit({ downKbit, upKbit }: Limits): Promise<void> {
    await setRate((args) => run('tc', args), this.#link, downKbit);
    await setRate((args) => this.run('tc', args), `${this.#link}p`, upKbit);
  }

  /** Drops every packet in both directions until `restore()`; the interfaces stay up, as in a tunnel. */
  async cut(): Promise<void> {
    await this.run('nft', ['add', 'table', 'inet', 'cut']);
    for (const [hook, direction] of [
      ['input', 'iifname'],
      ['output', 'oifname'],
    ] as const) {
      const chain = `{ type filter hook ${hook} priority 0; policy accept; }`;
      await this.run('nft', ['add', 'chain', 'inet', 'cut', hook, chain]);
      await this.run('nft', ['add', 'rule', 'inet', 'cut', hook, direction, `${this.#link}p`, 'drop']);
    }
  }

  async restore(): Promise<void> {
    await this.run('nft', ['delete', 'table', 'inet', 'cut']);
  }

  /** Drops this share of arriving packets at random, 1 to 99 percent. */
  async lose(percent: number): Promise<void> {
    await this.run('nft', ['add', 'table', 'inet', 'loss']);
    const chain = '{ type filter hook input priority 0; policy accept; }';
    await this.run('nft', ['add', 'chain', 'inet', 'loss', 'input', chain]);
    const rule = [
      'add',
      'rule',
      'inet',
      'loss',
      'input',
      'iifname',
      `${this.#link}p`,
      'numgen',
      'random',
      'mod',
    ];
    await this.run('nft', [...rule, '100', '<', String(percent), 'drop']);
  }

  /** Drops this share of the packets that the host sends, at random, where they arrive here; 1 to 99 percent. */
  async loseFrom(percent: number): Promise<void> {
    const table = `loss-${this.#link}`;
    await run('nft', ['add', 'table', 'inet', table]);
    const chain = '{ type filter hook input priority 0; policy accept; }';
    await run('nft', ['add', 'chain', 'inet', table, 'input', chain]);
    const share = ['numgen', 'random', 'mod', '100', '<', String(percent), 'drop'];
    await run('nft', ['add', 'rule', 'inet', table, 'input', 'iifname', this.#link, ...share]);
  }

  /** Moves the host to another address on its link, as when a phone changes from Wi-Fi to mobile data. */
  async changeAddress(last: number): Promise<void> {
    const peer = `${this.#link}p`;
    await this.run('ip', ['addr', 'flush', 'dev', peer, 'scope', 'global']);
    await this.run('ip', ['addr', 'add', `${this.there.replace(/\d+$/, String(last))}/24`, 'dev', peer]);
  }

  /** A program that starts Chromium on this host. */
  async chromium(): Promise<string> {
    const script = join(this.#folder, 'chromium');
    await writeFile(script, `#!/bin/sh\nexec nsenter -t ${this.#keeper.pid} -n ${CHROMIUM} "$@"\n`);
    await chmod(script, 0o755);
    return script;
  }

  async close(): Promise<void> {
    const exited = this.#keeper.exitCode === null ? once(this.#keeper, 'exit') : Promise.resolve();
    this.#keeper.kill('SIGKILL');
    await exited;
    await run('ip', ['link', 'del', this.#link]).catch((error: Error) => {
      // The link goes with the namespace; whichever end is removed first takes the other along.
      if (!/Cannot find device/.test(error.message)) throw error;
    });
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function setRate(tc: (args: string[]) => Promise<unknown>, device: string, kbit: number | undefined) {
  const limit = [
    'rate',
    `${kbit}kbit`,
    'burst',
    `${Math.max(8, Math.round((kbit ?? 0) / 200))}kb`,
    'latency',
    '300ms',
  ];
  if (kbit !== undefined) {
    await tc(['qdisc', 'replace', 'dev', device, 'root', 'tbf', ...limit]);
    return;
  }
  await tc(['qdisc', 'del', 'dev', device, 'root']).catch((error: Error) => {
    // Nothing to lift when no limit was set.
    if (!/handle of zero|No such file|Invalid argument/.test(error.message)) throw error;
  });
}
