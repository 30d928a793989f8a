/*
 * How many UDP packets the kernel sends from one core when a program does nothing else: the ceiling of any server
 * that forwards packets through sockets.
 *
 * Usage: send-rate HOW ADDRESS PORT DESTINATIONS BYTES PACKETS CORE
 *   HOW is call (sendto, one packet each), batch (sendmmsg, up to 64 packets each) or segments (UDP_SEGMENT, up to
 *   40 packets for one destination each). Destinations are consecutive ports of one address.
 * Prints: packets handed over, those refused, wall seconds, seconds of this core.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/udp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#define BATCH 64
#define SEGMENTS 40
#define MOST_BYTES 1472

static unsigned char payload[SEGMENTS * MOST_BYTES];

static double seconds_of(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static struct sockaddr_in address_of(const char *ip, int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	if (inet_pton(AF_INET, ip, &to.sin_addr) != 1) exit(2);
	return to;
}

/* Each returns the packets that the kernel took of `count`. */
static long send_calls(int fd, struct sockaddr_in *to, long destinations, size_t bytes, long count)
{
	long sent = 0;
	for (long n = 0; n < count; n++)
		sent += sendto(fd, payload, bytes, 0, (struct sockaddr *)&to[n % destinations], sizeof *to) == (ssize_t)bytes;
	return sent;
}

static long send_batches(int fd, struct sockaddr_in *to, long destinations, size_t bytes, long count)
{
	struct mmsghdr messages[BATCH];
	struct iovec part = { .iov_base = payload, .iov_len = bytes };
	long sent = 0;
	for (long n = 0; n < count;) {
		int size = 0;
		for (; size < BATCH && n < count; size++, n++)
			messages[size] = (struct mmsghdr){ .msg_hdr = { .msg_name = &to[n % destinations],
				.msg_namelen = sizeof *to, .msg_iov = &part, .msg_iovlen = 1 } };
		int taken = sendmmsg(fd, messages, size, 0);
		if (taken > 0) sent += taken;
	}
	return sent;
}

static long send_segments(int fd, struct sockaddr_in *to, long destinations, size_t bytes, long count)
{
	long sent = 0;
	for (long n = 0, turn = 0; n < count; turn++) {
		long size = count - n < SEGMENTS ? count - n : SEGMENTS;
		struct iovec part = { .iov_base = payload, .iov_len = size * bytes };
		if (sendto(fd, part.iov_base, part.iov_len, 0, (struct sockaddr *)&to[turn % destinations], sizeof *to) ==
		    (ssize_t)part.iov_len)
			sent += size;
		n += size;
	}
	return sent;
}

int main(int argc, char **argv)
{
	if (argc != 8) return 2;
	const char *how = argv[1];
	long destinations = atol(argv[4]), count = atol(argv[6]);
	int bytes = atoi(argv[5]), most = 4 << 20;
	if (destinations < 1 || bytes < 1 || bytes > MOST_BYTES || count < 1) return 2;
	cpu_set_t cores;
	CPU_ZERO(&cores);
	CPU_SET(atoi(argv[7]), &cores);
	if (sched_setaffinity(0, sizeof cores, &cores) != 0) { perror("sched_setaffinity"); return 1; }
	struct sockaddr_in *to = calloc(destinations, sizeof *to);
	if (to == NULL) return 1;
	for (long n = 0; n < destinations; n++) to[n] = address_of(argv[2], atoi(argv[3]) + n);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &most, sizeof most);
	memset(payload, 7, sizeof payload);
	long (*send)(int, struct sockaddr_in *, long, size_t, long) = send_calls;
	if (strcmp(how, "batch") == 0) send = send_batches;
	else if (strcmp(how, "segments") == 0) {
		send = send_segments;
		if (setsockopt(fd, SOL_UDP, UDP_SEGMENT, &bytes, sizeof bytes) != 0) { perror("UDP_SEGMENT"); return 1; }
	} else if (strcmp(how, "call") != 0) return 2;
	/* Fills caches and the neighbour table. A backlog of the receiving side must not fill up: it is emptied on this core. */
	send(fd, to, destinations, bytes, count / 20 + 1);
	double begun = seconds_of(CLOCK_MONOTONIC), used = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
	long sent = send(fd, to, destinations, bytes, count);
	used = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - used;
	printf("%ld %ld %.6f %.6f\n", sent, count - sent, seconds_of(CLOCK_MONOTONIC) - begun, used);
	return 0;
}
