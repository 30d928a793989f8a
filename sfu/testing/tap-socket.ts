/** The recorder's end of a tap, for tests: one real UDP socket that keeps what arrives. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { decodeFeed, type FeedDatagram } from '../../signaling/protocol/tap-feed.ts';

export interface RtpSeen {
  readonly ssrc: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payload: Uint8Array;
}

export interface TapSocket {
  readonly ip: string;
  readonly port: number;
  readonly rtp: RtpSeen[];
  readonly feed: FeedDatagram[];
  /** Where the media worker sends from, and where the node does. */
  senders: { readonly rtpPort: number; readonly feedPort: number };
  /** Asks for a keyframe by a picture loss indication (RFC 4585 section 6.3.1). */
  requestKeyFrame(ssrc: number): void;
  close(): Promise<void>;
}

export async function openTapSocket(): Promise<TapSocket> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const rtp: RtpSeen[] = [];
  const feed: FeedDatagram[] = [];
  const tap: TapSocket = {
    ip: '127.0.0.1',
    port: socket.address().port,
    rtp,
    feed,
    senders: { rtpPort: 0, feedPort: 0 },
    requestKeyFrame: (ssrc) => {
      const pli = Buffer.alloc(12);
      pli.writeUInt8(0x81, 0);
      pli.writeUInt8(206, 1);
      pli.writeUInt16BE(2, 2);
      pli.writeUInt32BE(ssrc, 8);
      socket.send(pli, tap.senders.rtpPort, '127.0.0.1');
    },
    close: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
  socket.on('message', (bytes, from) => {
    if (from.port === tap.senders.feedPort) {
      const datagram = decodeFeed(bytes);
      if (datagram !== undefined) feed.push({ ...datagram, payload: Uint8Array.from(datagram.payload) });
    } else if (from.port === tap.senders.rtpPort) {
      // RTCP packets of the tap have types 192 to 223 in the second byte (RFC 5761 section 4).
      const type = bytes.readUInt8(1);
      if (type < 192 || type > 223) rtp.push(parse(bytes));
    }
  });
  return tap;
}

function parse(bytes: Buffer): RtpSeen {
  const extension = (bytes.readUInt8(0) & 0x10) !== 0 ? 4 + bytes.readUInt16BE(14) * 4 : 0;
  return {
    ssrc: bytes.readUInt32BE(8),
    sequence: bytes.readUInt16BE(2),
    timestamp: bytes.readUInt32BE(4),
    marker: (bytes.readUInt8(1) & 0x80) !== 0,
    payload: Uint8Array.from(bytes.subarray(12 + extension)),
  };
}
