/** Makes RTP packets for tests: the header, and payloads of VP9 with layers and of AV1, which ffmpeg and GStreamer do not cut up here. */

export interface PacketParts {
  readonly ssrc: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payload: Uint8Array;
  readonly payloadType?: number;
}

export function packetise(parts: PacketParts): Uint8Array {
  const bytes = new Uint8Array(12 + parts.payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 0x80);
  view.setUint8(1, (parts.marker ? 0x80 : 0) | (parts.payloadType ?? 96));
  view.setUint16(2, parts.sequence & 0xffff);
  view.setUint32(4, parts.timestamp >>> 0);
  view.setUint32(8, parts.ssrc >>> 0);
  bytes.set(parts.payload, 12);
  return bytes;
}

function pieces(bytes: Uint8Array, size: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) parts.push(bytes.subarray(at, at + size));
  return parts;
}

export interface Vp9Picture {
  /** Frames of the spatial layers, lowest first. */
  readonly layers: readonly Uint8Array[];
  readonly key: boolean;
  readonly sizes: readonly { readonly width: number; readonly height: number }[];
}

/** Payloads of a picture with layers (RFC 9628); key pictures carry the scalability structure. */
export function vp9Payloads(picture: Vp9Picture, pictureId: number, flexible: boolean): Uint8Array[] {
  const { layers, key, sizes } = picture;
  return layers.flatMap((layer, sid) => {
    const parts = pieces(layer, 1100);
    return parts.map((part, n) => {
      const begin = n === 0;
      const structure = key && begin && sid === 0;
      const first =
        0x80 |
        (key ? 0 : 0x40) |
        0x20 |
        (flexible ? 0x10 : 0) |
        (begin ? 8 : 0) |
        (n === parts.length - 1 ? 4 : 0);
      const head = [first | (structure ? 2 : 0), 0x80 | (pictureId >> 8), pictureId & 255];
      head.push((sid << 1) | (key && sid > 0 ? 1 : 0));
      if (!flexible) head.push(pictureId & 255);
      // Two references, of which the second ends the list.
      if (flexible && !key) head.push((1 << 1) | 1, 2 << 1);
      if (structure) {
        head.push(((sizes.length - 1) << 5) | 0x18);
        for (const { width, height } of sizes) head.push(width >> 8, width & 255, height >> 8, height & 255);
        head.push(1, 0x04, 1);
      }
      return Uint8Array.of(...head, ...part);
    });
  });
}

/** OBUs of a temporal unit in low-overhead form, without their temporal delimiter. */
export function splitObus(unit: Uint8Array): Uint8Array[] {
  const obus: Uint8Array[] = [];
  let at = 0;
  while (at < unit.length) {
    const head = unit[at] ?? 0;
    let end = at + ((head & 4) !== 0 ? 2 : 1);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = unit[end] ?? 0;
      end += 1;
      size |= (byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) break;
    }
    end += size;
    if (((head >> 3) & 15) !== 2) obus.push(unit.subarray(at, end));
    at = end;
  }
  return obus;
}

/**
 * Payloads of a temporal unit as libwebrtc makes them: OBUs without size fields, filled up packet by packet, so that OBUs share
 * packets and cross from one to the next. With `counted`, packets say how many elements they have and leave the last length out.
 */
export function av1Payloads(unit: Uint8Array, key: boolean, counted: boolean, room = 1100): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  let elements: Uint8Array[] = [];
  let used = 0;
  let goesOn = false;
  const close = (more: boolean) => {
    const count = counted && elements.length <= 3 ? elements.length : 0;
    const head =
      (goesOn ? 0x80 : 0) | (more ? 0x40 : 0) | (count << 4) | (key && payloads.length === 0 ? 8 : 0);
    const body = elements.flatMap((element, n) => {
      const bare = count > 0 && n === count - 1;
      return [...(bare ? [] : [(element.length & 0x7f) | 0x80, element.length >> 7]), ...element];
    });
    payloads.push(Uint8Array.of(head, ...body));
    elements = [];
    used = 0;
    goesOn = more;
  };
  for (const obu of splitObus(unit)) {
    let rest = withoutSize(obu);
    while (rest.length > 0) {
      const part = rest.subarray(0, room - used);
      elements.push(part);
      used += part.length;
      rest = rest.subarray(part.length);
      if (used >= room) close(rest.length > 0);
    }
  }
  if (elements.length > 0) close(false);
  return payloads;
}

function withoutSize(obu: Uint8Array): Uint8Array {
  const head = obu[0] ?? 0;
  const start = (head & 4) !== 0 ? 2 : 1;
  let end = start;
  while (((obu[end] ?? 0) & 0x80) !== 0) end += 1;
  return Uint8Array.of(head & ~2, ...obu.subarray(1, start), ...obu.subarray(end + 1));
}
