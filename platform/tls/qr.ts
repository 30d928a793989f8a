/** A QR code for the terminal, so that a phone on the same network opens an address without typing it. */
import { toString as draw } from 'qrcode';

/** Returns the code of `address` as lines of half blocks, 35 columns or so wide, readable on dark and light terminals. */
export function terminalQr(address: string): Promise<string> {
  return draw(address, { type: 'utf8', errorCorrectionLevel: 'L', margin: 2 });
}

/** The code of `address` as a drawing for the printer, which bears some wear and dirt. */
export function svgQr(address: string): Promise<string> {
  return draw(address, { type: 'svg', errorCorrectionLevel: 'Q', margin: 4 });
}
