/** Boxes of ISO/IEC 14496-12 section 4.2: a 32-bit size, four letters, the content. Numbers are big-endian. */

export type Part = Uint8Array | readonly Part[];

function flatten(part: Part, into: Uint8Array[]): Uint8Array[] {
  if (part instanceof Uint8Array) into.push(part);
  else for (const each of part) flatten(each, into);
  return into;
}

/** One array of all parts in order. */
export function join(...parts: readonly Part[]): Uint8Array {
  const all = flatten(parts, []);
  const bytes = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of all) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

export function box(type: string, ...content: readonly Part[]): Uint8Array {
  const body = flatten(content, []);
  const size = body.reduce((sum, { length }) => sum + length, 8);
  return join(u32(size), text(type), body);
}

/** A box with version and flags (section 4.2.2). */
export function fullBox(
  type: string,
  version: number,
  flags: number,
  ...content: readonly Part[]
): Uint8Array {
  return box(type, u8(version), u24(flags), ...content);
}

export function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

export function u8(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}

export function u16(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 2);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => {
    view.setUint16(index * 2, value);
  });
  return bytes;
}

function u24(value: number): Uint8Array {
  return u8((value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

export function u32(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => {
    view.setUint32(index * 4, value);
  });
  return bytes;
}

export function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

export function zeros(length: number): Uint8Array {
  return new Uint8Array(length);
}
