/** The page that publishes how Janus is measured; the benchmark JOIN writes it, and a test compares it. */

import { NOT_PUBLISHED } from './claims.ts';
import { templates } from './config.ts';

/** Its path under docs/. */
export const JANUS_PAGE = 'benchmarks/janus.md';

const HEAD = `# How Janus is measured beside GoldenHour

Janus is the peer of S1 to S3 and of JOIN: Debian's package as it is (\`apt-get install janus\`), on the same machine, in the same runs,
in turn with the others. Its own version is in each result. This page is written by \`load-tests/janus/page.ts\` and compared with
what is run by a test.

## Forwarding: S1 to S3

- **The same input.** The source sends plain RTP, as it does to mediasoup. In Janus that door is a publisher of another Janus in a
  cascade: \`add_remote_publisher\` of VideoRoom. There is no ICE, DTLS or decryption on the way in, and one thread both receives and sends.
  Janus tells the streams of a cascade by their SSRC, so the source writes the one that Janus wants, and Janus writes the input's back.
- **The same sinks.** Each has a key of its own, and is an RTP forwarder with \`srtp_suite\` 80: Janus encrypts once for each key.
  A forwarder has no ICE, no RTCP, no retransmission and no congestion control, so that this is the cheapest way of Janus from one publisher
  to many. A viewer over WebRTC costs it more. Where this comparison is unequal, it favours Janus.
- **The same core.** All threads of Janus are pinned to the core that mediasoup's worker is pinned to in its turn.
- **One suite.** Forwarders of Janus 1.1 know AES-CM with HMAC-SHA1 only, so that the comparison is made with that one. What mediasoup
  does with AES-GCM, which both browsers and mediasoup prefer, is a figure of its own.
- **The package.** Debian links Janus with Debian's libsrtp, which encrypts through NSS. mediasoup's worker is built with a libsrtp of its
  own and OpenSSL. Whoever builds Janus by hand may get another figure.
- **Buffers.** Janus has no setting for the buffers of its sockets: they are the system's default, 208 KiB with most systems, where a
  media node of GoldenHour asks for 4 MiB. A burst that Janus cannot take is lost there before its core is full. Whoever wants to know
  what that costs raises the default for the whole machine before a run (\`sysctl -w net.core.rmem_default=4194304\`); a result says which of
  the two it had. The benchmark itself changes nothing that other programs share.

What each request looks like, for a sink at 10.0.0.2:5004:

\`\`\`json
{
  "request": "add_remote_publisher",
  "room": 1,
  "iface": "10.0.0.1",
  "streams": [{ "mid": "0", "mindex": 0, "type": "video", "codec": "h264" }]
}
\`\`\`

\`\`\`json
{
  "request": "rtp_forward",
  "room": 1,
  "publisher_id": 1234,
  "host": "10.0.0.2",
  "host_family": "ipv4",
  "streams": [{ "mid": "0", "port": 5004, "ssrc": 1196949505, "pt": 102 }],
  "srtp_suite": 80,
  "srtp_crypto": "base64 of 16 bytes of key and 14 of salt"
}
\`\`\`

## Joining: JOIN

One kind of viewer (libwebrtc in Node) joins a bare mediasoup worker, Janus and GoldenHour in turn, with a camera of 320×180 at 30
frames a second in VP8 in each. The signaling connection of each is open before. The time runs from the call to the first packet and
to the first decoded frame. A viewer of Janus is a subscriber of VideoRoom: \`attach\`, \`join\` and \`start\` are its three round trips. A bare
worker has three as well, as function calls in the viewer's own process. Keyframes are asked for as each server does by itself.

`;

/** The whole page, with the configuration as it is run. */
export async function janusPage(): Promise<string> {
  const files = Object.entries(await templates()).map(
    ([name, text]) => `### \`load-tests/janus/config/${name}\`\n\n\`\`\`jcfg\n${text}\`\`\``,
  );
  return `${HEAD}## What others publish\n\n${NOT_PUBLISHED}\n\n## The configuration\n\nDouble braces are filled in at start.\n\n${files.join('\n\n')}\n`;
}
