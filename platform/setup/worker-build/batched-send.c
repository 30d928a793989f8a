/*
 * Lets a mediasoup worker give its UDP packets to the kernel in batches. Loaded before the C library (LD_PRELOAD), it keeps what the worker
 * sends within one turn of its event loop and hands it over when the worker is about to wait: packets for one viewer as
 * one datagram that the kernel or the network card cuts up (UDP_SEGMENT, udp(7)), all of one socket by one call (sendmmsg(2)).
 * A worker writes the packets it has received since its last turn to all viewers before it waits, so the busier it is,
 * the more there is to put together; one that has little to do sends at once, as without this.
 *
 * What the worker sees stays as it was: a packet is accepted or the call says EAGAIN. Packets of one viewer keep their
 * order, except that those which a full socket left over may meet newer ones that libuv queued meanwhile.
 * Only the first thread of the worker sends in batches; calls of any other go straight through.
 *
 * GOLDENHOUR_SEGMENTS=0 in the environment leaves UDP_SEGMENT out.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#define MOST_BYTES 1536
#define MOST_PACKETS 1024
/* The kernel allows 64 segments and 65,507 bytes. */
#define MOST_SEGMENTS 40
#define BUCKETS 4096
#define HELD_NS 1000000
#define NONE (-1)

struct packet {
	uint16_t bytes;
	int16_t next;
};

/* One address that one socket sends to. */
struct viewer {
	struct sockaddr_in6 address;
	socklen_t address_bytes;
	int fd;
	int16_t first, last;
};

/* Two, so that what a full socket left over can move from one into the other. */
static struct queue {
	unsigned char store[MOST_PACKETS][MOST_BYTES];
	struct packet packets[MOST_PACKETS];
	struct viewer viewers[MOST_PACKETS];
	struct { uint32_t turn; int16_t viewer; } buckets[BUCKETS];
	uint32_t turn;
	int packet_count, viewer_count;
	struct timespec begun;
} queues[2] = { { .turn = 1 }, { .turn = 1 } }, *queue = &queues[0];

static struct {
	struct mmsghdr messages[MOST_PACKETS];
	struct iovec parts[MOST_PACKETS];
	union { char bytes[CMSG_SPACE(sizeof(uint16_t))]; struct cmsghdr align; } sizes[MOST_PACKETS];
	int fds[MOST_PACKETS];
	int count;
} batch;

static int blocked, most_segments = MOST_SEGMENTS;
static __thread int ours;

__attribute__((constructor)) static void begin(void)
{
	const char *wish = getenv("GOLDENHOUR_SEGMENTS");
	if (wish != NULL && strcmp(wish, "0") == 0) most_segments = 1;
	ours = 1;
}

/* The entry of this address in the queue; a new one when it has none. Tables of earlier turns count as empty. */
static struct viewer *viewer_of(int fd, const void *address, socklen_t address_bytes)
{
	uint32_t hash = (uint32_t)fd * 2654435761u;
	for (socklen_t n = 0; n + 4 <= address_bytes; n += 4) {
		uint32_t word;
		memcpy(&word, (const unsigned char *)address + n, sizeof word);
		hash = (hash ^ word) * 0x9E3779B1u;
		hash ^= hash >> 15;
	}
	uint32_t at = hash % BUCKETS;
	for (; queue->buckets[at].turn == queue->turn; at = (at + 1) % BUCKETS) {
		struct viewer *seen = &queue->viewers[queue->buckets[at].viewer];
		if (seen->fd == fd && seen->address_bytes == address_bytes && memcmp(&seen->address, address, address_bytes) == 0)
			return seen;
	}
	queue->buckets[at].turn = queue->turn;
	queue->buckets[at].viewer = queue->viewer_count;
	struct viewer *viewer = &queue->viewers[queue->viewer_count++];
	*viewer = (struct viewer){ .fd = fd, .address_bytes = address_bytes, .first = NONE, .last = NONE };
	memcpy(&viewer->address, address, address_bytes);
	return viewer;
}

static void keep(int fd, const void *address, socklen_t address_bytes, const void *data, size_t bytes)
{
	struct viewer *viewer = viewer_of(fd, address, address_bytes);
	int n = queue->packet_count++;
	if (n == 0) clock_gettime(CLOCK_MONOTONIC, &queue->begun);
	memcpy(queue->store[n], data, bytes);
	queue->packets[n] = (struct packet){ .bytes = bytes, .next = NONE };
	if (viewer->last == NONE) viewer->first = n;
	else queue->packets[viewer->last].next = n;
	viewer->last = n;
}

/* Makes messages of what is kept. The segments of one have the same length, except that the last may be shorter. */
static void put_together(struct queue *from)
{
	int part = 0;
	batch.count = 0;
	for (int v = 0; v < from->viewer_count; v++) {
		struct viewer *viewer = &from->viewers[v];
		for (int p = viewer->first; p != NONE;) {
			int begun = part, last;
			uint16_t bytes = from->packets[p].bytes;
			do {
				last = from->packets[p].bytes;
				batch.parts[part++] = (struct iovec){ .iov_base = from->store[p], .iov_len = last };
				p = from->packets[p].next;
			} while (p != NONE && last == bytes && from->packets[p].bytes <= bytes && part - begun < most_segments);
			struct msghdr *message = &batch.messages[batch.count].msg_hdr;
			*message = (struct msghdr){ .msg_name = &viewer->address, .msg_namelen = viewer->address_bytes,
				.msg_iov = &batch.parts[begun], .msg_iovlen = part - begun };
			if (part - begun > 1) {
				message->msg_control = batch.sizes[batch.count].bytes;
				message->msg_controllen = sizeof batch.sizes[batch.count].bytes;
				struct cmsghdr *option = CMSG_FIRSTHDR(message);
				option->cmsg_level = SOL_UDP;
				option->cmsg_type = UDP_SEGMENT;
				option->cmsg_len = CMSG_LEN(sizeof bytes);
				memcpy(CMSG_DATA(option), &bytes, sizeof bytes);
			}
			batch.fds[batch.count++] = viewer->fd;
		}
	}
}

/*
 * Packets that could not go as segments go one by one: a card without checksums says EIO, a packet larger than the path
 * EINVAL. What fails even so is lost, as a datagram may be.
 */
static void send_apart(int fd, const struct msghdr *message, int error)
{
	if (message->msg_iovlen < 2) return;
	if (error == EIO) most_segments = 1;
	for (size_t n = 0; n < message->msg_iovlen; n++) {
		struct msghdr single = { .msg_name = message->msg_name, .msg_namelen = message->msg_namelen,
			.msg_iov = &message->msg_iov[n], .msg_iovlen = 1 };
		syscall(SYS_sendmsg, fd, &single, 0);
	}
}

/* Hands everything over. What a socket has no room for stays, and `blocked` is set. */
static void flush(void)
{
	struct queue *from = queue;
	if (from->packet_count == 0) return;
	put_together(from);
	queue = from == &queues[0] ? &queues[1] : &queues[0];
	blocked = 0;
	for (int n = 0, end; n < batch.count;) {
		int fd = batch.fds[n];
		for (end = n; end < batch.count && batch.fds[end] == fd;) end++;
		int taken = syscall(SYS_sendmmsg, fd, &batch.messages[n], end - n, 0);
		if (taken > 0) { n += taken; continue; }
		if (errno != EAGAIN) { send_apart(fd, &batch.messages[n].msg_hdr, errno); n++; continue; }
		blocked = 1;
		for (; n < end; n++) {
			const struct msghdr *left = &batch.messages[n].msg_hdr;
			for (size_t part = 0; part < left->msg_iovlen; part++)
				keep(fd, left->msg_name, left->msg_namelen, left->msg_iov[part].iov_base, left->msg_iov[part].iov_len);
		}
	}
	from->packet_count = from->viewer_count = 0;
	from->turn++;
}

static int held_too_long(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - queue->begun.tv_sec) * 1000000000LL + now.tv_nsec - queue->begun.tv_nsec > HELD_NS;
}

/* The zeros at the end of an IPv4 address are not always zeros, so only what counts is compared. */
static socklen_t address_bytes_of(const struct msghdr *message)
{
	if (message->msg_name == NULL || message->msg_namelen < sizeof(struct sockaddr_in)) return 0;
	switch (((const struct sockaddr *)message->msg_name)->sa_family) {
	case AF_INET: return sizeof(struct sockaddr_in);
	case AF_INET6: return message->msg_namelen >= sizeof(struct sockaddr_in6) ? sizeof(struct sockaddr_in6) : 0;
	default: return 0;
	}
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	socklen_t address_bytes = ours ? address_bytes_of(message) : 0;
	int plain = flags == 0 && message->msg_iovlen == 1 && message->msg_controllen == 0;
	size_t bytes = plain ? message->msg_iov[0].iov_len : 0;
	if (address_bytes == 0 || bytes == 0 || bytes > MOST_BYTES) {
		if (ours) flush();
		return syscall(SYS_sendmsg, fd, message, flags);
	}
	if (blocked) flush();
	if (blocked) {
		errno = EAGAIN;
		return -1;
	}
	struct sockaddr_in6 address;
	memcpy(&address, message->msg_name, address_bytes);
	if (address_bytes == sizeof(struct sockaddr_in)) memset(((struct sockaddr_in *)&address)->sin_zero, 0, 8);
	keep(fd, &address, address_bytes, message->msg_iov[0].iov_base, bytes);
	if (queue->packet_count == MOST_PACKETS || (queue->packet_count % 16 == 0 && held_too_long())) flush();
	return bytes;
}

int epoll_wait(int fd, struct epoll_event *events, int most, int timeout)
{
	if (ours) flush();
	return syscall(SYS_epoll_pwait, fd, events, most, timeout, NULL, 0);
}

int epoll_pwait(int fd, struct epoll_event *events, int most, int timeout, const sigset_t *mask)
{
	if (ours) flush();
	/* The kernel's own size of a set, not the C library's. */
	return syscall(SYS_epoll_pwait, fd, events, most, timeout, mask, _NSIG / 8);
}

/* A socket's last packets leave before it closes, and before its number is another's. */
int close(int fd)
{
	if (ours) flush();
	return syscall(SYS_close, fd);
}
