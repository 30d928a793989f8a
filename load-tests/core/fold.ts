/**
 * Samples of a profiler, folded into the few parts of a forwarding server that can be thought about. Samples in the kernel are told by
 * their whole stack; those of the worker by the function alone, since it is compiled without frame pointers and its stacks end at once.
 */

/** One sample: the name of the thread, and its functions, the innermost first. */
export interface Sample {
  readonly thread: string;
  readonly stack: readonly Frame[];
}

interface Frame {
  readonly symbol: string;
  /** File name of the program or library, without its folder. */
  readonly object: string;
}

export const PARTS = [
  'kernel: receiving side of the sinks',
  'kernel: handing packets to the link',
  'kernel: IP, UDP and socket buffers of what is sent',
  'kernel: system call and its copies',
  'kernel: receiving the publisher',
  'kernel: waiting, timers, scheduler',
  'kernel: probes of the machine’s own',
  'SRTP: cipher and its library',
  'worker: RTP of producers and consumers',
  'worker: packets kept for retransmission',
  'worker: estimating bandwidth',
  'worker: sending through sockets',
  'worker: talking to Node',
  'event loop and timers',
  'reading the clock',
  'memory: allocating and copying',
  'other',
] as const;
export type Part = (typeof PARTS)[number];

/** Reads what `perf script -F comm,ip,sym,dso` prints. */
export function samplesOf(text: string): Sample[] {
  return text
    .split(/\n\s*\n/)
    .map((block) => block.split('\n').filter((line) => line.trim() !== ''))
    .flatMap(([head, ...lines]) =>
      head === undefined ? [] : [{ thread: head.trim(), stack: lines.flatMap(frameOf) }],
    );
}

function frameOf(line: string): Frame[] {
  const [, symbol, object] = /^\s*[0-9a-f]+ (.*) \(([^()]*|\[[^\]]*\])\)$/.exec(line) ?? [];
  if (symbol === undefined || object === undefined) return [];
  return [{ symbol, object: object.split('/').at(-1) ?? object }];
}

/** The first rule of which a function of the stack matches, wherever it stands in it. */
const KERNEL: readonly (readonly [Part, RegExp])[] = [
  ['kernel: probes of the machine’s own', /^(bpf_|__bpf_|__htab_|htab_|trampoline|fentry)/],
  [
    'kernel: receiving side of the sinks',
    /^(net_rx_action|process_backlog|__napi_poll|handle_softirqs|__do_softirq|do_softirq|nft_|nf_hook_slow)/,
  ],
  ['kernel: receiving the publisher', /recvm?msg|_recvfrom/],
  [
    'kernel: handing packets to the link',
    /^(__dev_queue_xmit|dev_hard_start_xmit|veth_xmit|sch_direct_xmit)/,
  ],
  [
    'kernel: IP, UDP and socket buffers of what is sent',
    /^(udpv?6?_sendmsg|udp_send_skb|ip6?_make_skb|ip6?_send_skb|inet6?_sendmsg)/,
  ],
  [
    'kernel: waiting, timers, scheduler',
    /epoll|^(schedule|__schedule|hrtimer|__x64_sys_nanosleep|exit_to_user_mode_loop)/,
  ],
  ['kernel: system call and its copies', /sendmm?sg|^(do_syscall_64|entry_SYSCALL|syscall_)/],
];

const OBJECTS: readonly (readonly [Part, RegExp])[] = [
  ['SRTP: cipher and its library', /^(libcrypto|libsrtp|libssl|libnss|libfreebl|libsoftokn)/],
  ['event loop and timers', /^libuv/],
  ['reading the clock', /^\[vdso\]/],
];

const FUNCTIONS: readonly (readonly [Part, RegExp])[] = [
  [
    'SRTP: cipher and its library',
    /SrtpSession|^srtp_|^aes_|_gcm_|gcm128|^sha1_|^hmac_|^EVP_|^rdbx?_|^v128_/i,
  ],
  [
    'worker: packets kept for retransmission',
    /RetransmissionBuffer|SharedPacket|RtpStreamSend|_Rb_tree|NackGenerator|_Sp_counted/,
  ],
  [
    'worker: estimating bandwidth',
    /webrtc::|CongestionControl|BandwidthEstimation|::BWE::|OnConsumerSendRtpPacket|_Function_handler<void \(bool\)/,
  ],
  ['worker: talking to Node', /Channel|flatbuffers|UnixStreamSocket/i],
  [
    'worker: sending through sockets',
    /UdpSocket|TransportTuple|sendmm?sg|^onRecv|^onAlloc|^__errno_location/,
  ],
  ['event loop and timers', /TimerHandle|^onTimer|epoll|^uv_|^syscall$/],
  ['reading the clock', /clock_gettime|gettimeofday/],
  [
    'memory: allocating and copying',
    /^(malloc|calloc|realloc|cfree|free|_int_|operator (new|delete)|je_|mi_|__mem|mem(cpy|move|set|cmp))/,
  ],
  ['worker: RTP of producers and consumers', /RTC::|Utils::|_Hashtable|^std::|^__strcmp|^__str|LTHUNK/],
];

/** Which part a sample belongs to; undefined when the core was idle. */
export function partOf({ thread, stack }: Sample): Part | undefined {
  if (thread.startsWith('swapper')) return undefined;
  // What the kernel puts off goes to this thread; on the server's core it is the receiving side.
  if (thread.startsWith('ksoftirqd')) return 'kernel: receiving side of the sinks';
  const [innermost] = stack;
  if (!innermost) return 'other';
  const kernel = stack.filter(({ object }) => object.includes('kernel'));
  if (kernel.length > 0) {
    const found = KERNEL.find(([, rule]) => kernel.some(({ symbol }) => rule.test(symbol)));
    return found?.[0] ?? 'kernel: system call and its copies';
  }
  const library = OBJECTS.find(([, rule]) => rule.test(innermost.object));
  const named = FUNCTIONS.find(([, rule]) => rule.test(innermost.symbol));
  return library?.[0] ?? named?.[0] ?? 'other';
}

export interface Folded {
  /** Samples in which the server or the kernel on its behalf worked. */
  readonly working: number;
  readonly idle: number;
  /** Samples of other programs on the same core: a noisy machine. */
  readonly strangers: number;
  /** Percent of the working samples. */
  readonly shares: ReadonlyMap<Part, number>;
  /** Names of functions that `other` holds most of, for whoever mends the rules. */
  readonly unknown: readonly string[];
}

/** Folds samples of a whole core; `threads` are the names of the server's own threads, as the kernel cuts them to 15 letters. */
export function fold(samples: readonly Sample[], threads: readonly string[]): Folded {
  const counts = new Map<Part, number>();
  const unknown = new Map<string, number>();
  let [idle, strangers, working] = [0, 0, 0];
  const own = (thread: string) => thread.startsWith('ksoftirqd') || threads.includes(thread);
  for (const sample of samples) {
    const part = partOf(sample);
    if (part === undefined) idle += 1;
    else if (!own(sample.thread)) strangers += 1;
    else {
      working += 1;
      counts.set(part, (counts.get(part) ?? 0) + 1);
      const name = `${sample.stack[0]?.symbol} (${sample.stack[0]?.object})`;
      if (part === 'other') unknown.set(name, (unknown.get(name) ?? 0) + 1);
    }
  }
  const shares = PARTS.map((part): [Part, number] => [
    part,
    ((counts.get(part) ?? 0) * 100) / (working || 1),
  ]);
  const names = [...unknown].sort(([, a], [, b]) => b - a).map(([name]) => name);
  return { working, idle, strangers, shares: new Map(shares), unknown: names.slice(0, 10) };
}
