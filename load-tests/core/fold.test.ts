import assert from 'node:assert/strict';
import { fold, partOf, samplesOf } from './fold.ts';

/** As `perf script -F comm,ip,sym,dso` prints it, cut from a profile of a worker at work. */
const PRINTED = `mediasoup-worke 
	          243515 [unknown] (/usr/lib/x86_64-linux-gnu/libcrypto.so.3)

mediasoup-worke 
	ffffffff82200809 _raw_spin_unlock_irqrestore ([kernel.kallsyms])
	ffffffff81e5e24f enqueue_to_backlog ([kernel.kallsyms])
	ffffffff81dbb128 veth_xmit ([kernel.kallsyms])
	ffffffff81e63614 __dev_queue_xmit ([kernel.kallsyms])
	ffffffff820445e6 udp_sendmsg ([kernel.kallsyms])
	ffffffff81e2f4fb __sys_sendmsg ([kernel.kallsyms])
	ffffffff821ecc51 do_syscall_64 ([kernel.kallsyms])
	          10ac10 __libc_sendmsg (/usr/lib/x86_64-linux-gnu/libc.so.6)
	              10 [unknown] ([unknown])

mediasoup-worke 
	ffffffff8217f0a0 nft_do_chain ([kernel.kallsyms])
	ffffffff81e65b01 process_backlog ([kernel.kallsyms])
	ffffffff81e66a8c net_rx_action ([kernel.kallsyms])
	ffffffff81dbb128 veth_xmit ([kernel.kallsyms])
	ffffffff820445e6 udp_sendmsg ([kernel.kallsyms])

mediasoup-worke 
	           72cf7 RTC::Consumer::SendRtpPacket (/opt/mediasoup-worker)
	           abc77 RTC::Router::OnTransportProducerRtpPacketReceived (/opt/mediasoup-worker)
	    7fa1d388cd7c [unknown] ([unknown])

mediasoup-worke 
	           d05d0 std::_Function_handler<void (bool), RTC::Transport::OnConsumerSendRtpPacket(RTC::Consumer*, RTC::RTP::Packet*)::{lambda(bool)#1}>::_M_invoke (/opt/mediasoup-worker)

ksoftirqd/1 
	ffffffff81e65b01 process_backlog ([kernel.kallsyms])

swapper 
	ffffffff821ecc51 pv_native_safe_halt ([kernel.kallsyms])

chromium 
	           72cf7 main (/usr/lib/chromium/chromium)

mediasoup-worke 
	           b7c __vdso_clock_gettime ([vdso])
`;

describe('Folding of a profile', () => {
  it('reads every sample with its stack', () => {
    const samples = samplesOf(PRINTED);
    assert.equal(samples.length, 9);
    assert.deepEqual(samples[0], {
      thread: 'mediasoup-worke',
      stack: [{ symbol: '[unknown]', object: 'libcrypto.so.3' }],
    });
    assert.equal(samples[1]?.stack.length, 9);
    assert.match(samples[4]?.stack[0]?.symbol ?? '', /^std::_Function_handler<void \(bool\).*_M_invoke$/);
  });

  it('puts each sample into the part it belongs to', () => {
    assert.deepEqual(samplesOf(PRINTED).map(partOf), [
      'SRTP: cipher and its library',
      'kernel: handing packets to the link',
      'kernel: receiving side of the sinks',
      'worker: RTP of producers and consumers',
      'worker: estimating bandwidth',
      'kernel: receiving side of the sinks',
      undefined,
      'other',
      'reading the clock',
    ]);
  });

  it('counts shares of the work alone, and idle time and other programs apart', () => {
    const { working, idle, strangers, shares, unknown } = fold(samplesOf(PRINTED), ['mediasoup-worke']);
    assert.deepEqual([working, idle, strangers], [7, 1, 1]);
    const total = [...shares.values()].reduce((sum, share) => sum + share, 0);
    assert.ok(Math.abs(total - 100) < 1e-9);
    assert.equal(shares.get('kernel: receiving side of the sinks'), 200 / 7);
    assert.deepEqual(unknown, []);
  });
});
