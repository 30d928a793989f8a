/** A QR code as one path; the library is loaded only when a code is shown. */
import { modulesPath } from '../../ui/qr-path.ts';

export interface QrDrawing {
  readonly path: string;
  /** Modules along one side. */
  readonly size: number;
}

export async function codeOf(text: string): Promise<QrDrawing> {
  const { create } = await import('qrcode');
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  return { path: modulesPath(modules.data, modules.size), size: modules.size };
}
