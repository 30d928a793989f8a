/** An address as a QR code, drawn as one SVG path, always dark on white so that cameras read it in either scheme. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { modulesPath } from '../../ui/qr-path.ts';

/** The QR library is loaded only when a code is shown. */
async function codeOf(text: string): Promise<{ path: string; size: number }> {
  const { create } = await import('qrcode');
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  return { path: modulesPath(modules.data, modules.size), size: modules.size };
}

export function QrCode(props: { text: string }): JSX.Element | null {
  const [code, setCode] = useState<{ path: string; size: number }>();
  const { text } = props;
  useEffect(() => {
    let wanted = true;
    codeOf(text).then(
      (made) => {
        if (wanted) setCode(made);
      },
      // Without the drawing the address below it still serves.
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [text]);
  if (code === undefined) return null;
  const quiet = 4;
  const box = `${-quiet} ${-quiet} ${code.size + 2 * quiet} ${code.size + 2 * quiet}`;
  return (
    <svg class="qr" viewBox={box} role="img" aria-label={t('invite.qr')} shape-rendering="crispEdges">
      <path d={code.path} fill="#000" />
    </svg>
  );
}
