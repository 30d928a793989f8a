/** What a comparison with Janus does not include, for the results that make one. */
import { readFile } from 'node:fs/promises';
import { SOCKET_BUFFER_BYTES } from '../../sfu/listen.ts';

/** Receive buffer that sockets have whose program asks for none, in bytes. */
const DEFAULT_BUFFER = '/proc/sys/net/core/rmem_default';

/** Whole sentences for `BenchResult.leftOut` of S1 to S3. */
export async function janusLeftOut(): Promise<string[]> {
  const buffer = Number(await readFile(DEFAULT_BUFFER, 'utf8'));
  return [
    'Janus sends by RTP forwarders with AES-CM, without ICE, DTLS, RTCP and retransmission, which is its cheapest way; a viewer over WebRTC costs it more.',
    ...(buffer < SOCKET_BUFFER_BYTES
      ? [
          `Janus has no setting for buffers of its sockets, so that its publisher's had ${inKiB(buffer)}, the system's default, and mediasoup's ${inKiB(SOCKET_BUFFER_BYTES)}, which a media node asks for: bursts of keyframes can cost Janus packets that its core could have sent.`,
        ]
      : []),
  ];
}

function inKiB(bytes: number): string {
  return `${(bytes / 1024).toLocaleString('en-US')} KiB`;
}
