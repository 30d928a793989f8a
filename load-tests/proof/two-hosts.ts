/** An ambulance and a hospital, each a host on a link of its own, and a service that both reach. */
import { type Browser, type BrowserOptions, openBrowser } from '../browser/chromium.ts';
import { Host } from '../network/host.ts';
import { type Stack, type StackOptions, startStack } from '../stack/stack.ts';

export interface TwoHosts {
  readonly ambulance: Host;
  readonly hospital: Host;
  readonly stack: Stack;
  /** Where the service is from this host. */
  originFor(host: Host): string;
  /** A browser on this host; it is closed with the rest. */
  browserOn(host: Host, options?: BrowserOptions): Promise<Browser>;
  close(): Promise<void>;
}

/** Needs a network namespace of its own (`inOwnNetwork`). Whoever opens closes. */
export async function openTwoHosts(options: StackOptions): Promise<TwoHosts> {
  const opened: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const end of opened.splice(0).reverse()) await end();
  };
  try {
    const ambulance = await Host.create();
    opened.push(() => ambulance.close());
    const hospital = await Host.create();
    opened.push(() => hospital.close());
    const stack = await startStack({
      ...options,
      host: '0.0.0.0',
      args: ['--sfu.listenAddresses', JSON.stringify([ambulance.here, hospital.here])],
    });
    opened.push(() => stack.close());
    return {
      ambulance,
      hospital,
      stack,
      originFor: (host) => `https://${host.here}:${stack.port}`,
      browserOn: async (host, browserOptions) => {
        const browser = await openBrowser({ ...browserOptions, executablePath: await host.chromium() });
        opened.push(() => browser.close());
        return browser;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
