/** A client without socket.io's own: one that can stop reading, and can send what socket.io's client would not. */
import { WebSocket } from 'ws';
import { until } from './client.ts';

/** A client that speaks socket.io's own protocol on a bare websocket, so that it can stop reading. */
export class BareClient {
  readonly ws: WebSocket;
  readonly seen: string[] = [];
  closed = false;

  constructor(url: string, cookie: string) {
    this.ws = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
      headers: { cookie },
    });
    this.ws.on('message', (data) => {
      const text = String(data);
      this.seen.push(text);
      if (text.startsWith('0')) this.ws.send('40');
      if (text === '2') this.ws.send('3');
    });
    this.ws.on('close', () => {
      this.closed = true;
    });
  }

  /** Sends a request and waits for its acknowledgement (https://socket.io/docs/v4/socket-io-protocol/). */
  async request(number: number, payload: unknown): Promise<string> {
    return this.requestText(number, JSON.stringify(payload));
  }

  /** The same with the JSON written out, such as one that is nested too deep to be made. */
  async requestText(number: number, json: string): Promise<string> {
    await until(() => this.seen.some((text) => text.startsWith('40')), 'the namespace');
    this.ws.send(`42${number}["request",${json}]`);
    const answers = () => this.seen.filter((text) => text.startsWith(`43${number}[`));
    await until(() => answers().length > 0, 'the answer');
    return answers()[0] ?? '';
  }
}
