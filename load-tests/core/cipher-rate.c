/*
 * How many packets one core encrypts and authenticates when a program does nothing else, with the OpenSSL that the
 * worker built here is linked with, each packet with an initialisation vector of its own, as SRTP does
 * (RFC 7714 section 8, RFC 3711 section 4.1.1).
 *
 * Usage: cipher-rate SUITE BYTES PACKETS CORE, with SUITE as mediasoup spells it.
 * Prints: packets, 0, wall seconds, seconds of this core.
 */
#define _GNU_SOURCE
#include <openssl/evp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HEADER 12
#define TAG 16

static double seconds_of(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void must(int ok, const char *what)
{
	if (ok == 1) return;
	fprintf(stderr, "%s failed\n", what);
	exit(1);
}

int main(int argc, char **argv)
{
	static unsigned char key[32] = { 1 }, packet[2048], tag[64];
	unsigned char iv[16] = { 2 };
	if (argc != 5) return 2;
	int bytes = atoi(argv[2]), length;
	long count = atol(argv[3]);
	if (bytes <= HEADER || bytes > 1500 || count < 1) return 2;
	cpu_set_t cores;
	CPU_ZERO(&cores);
	CPU_SET(atoi(argv[4]), &cores);
	if (sched_setaffinity(0, sizeof cores, &cores) != 0) { perror("sched_setaffinity"); return 1; }

	const EVP_CIPHER *cipher = NULL;
	if (strcmp(argv[1], "AEAD_AES_128_GCM") == 0) cipher = EVP_aes_128_gcm();
	else if (strcmp(argv[1], "AEAD_AES_256_GCM") == 0) cipher = EVP_aes_256_gcm();
	else if (strcmp(argv[1], "AES_CM_128_HMAC_SHA1_80") == 0) cipher = EVP_aes_128_ctr();
	else return 2;
	int gcm = EVP_CIPHER_get_mode(cipher) == EVP_CIPH_GCM_MODE;

	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	must(EVP_EncryptInit_ex(context, cipher, NULL, key, iv), "EVP_EncryptInit_ex");
	EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *mac = EVP_MAC_CTX_new(hmac);
	OSSL_PARAM sha1[] = { { "digest", OSSL_PARAM_UTF8_STRING, "SHA1", 4, 0 }, { NULL, 0, NULL, 0, 0 } };
	must(EVP_MAC_init(mac, key, 20, sha1), "EVP_MAC_init");

	double begun = seconds_of(CLOCK_MONOTONIC), used = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
	for (long n = 0; n < count; n++) {
		size_t written;
		memcpy(iv, &n, sizeof n);
		must(EVP_EncryptInit_ex(context, NULL, NULL, NULL, iv), "EVP_EncryptInit_ex");
		if (gcm) must(EVP_EncryptUpdate(context, NULL, &length, packet, HEADER), "EVP_EncryptUpdate");
		must(EVP_EncryptUpdate(context, packet + HEADER, &length, packet + HEADER, bytes - HEADER), "EVP_EncryptUpdate");
		if (gcm) {
			must(EVP_EncryptFinal_ex(context, tag, &length), "EVP_EncryptFinal_ex");
			must(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG, packet + bytes), "EVP_CIPHER_CTX_ctrl");
		} else {
			must(EVP_MAC_init(mac, NULL, 0, NULL), "EVP_MAC_init");
			must(EVP_MAC_update(mac, packet, bytes), "EVP_MAC_update");
			must(EVP_MAC_final(mac, tag, &written, sizeof tag), "EVP_MAC_final");
		}
	}
	used = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - used;
	printf("%ld 0 %.6f %.6f\n", count, seconds_of(CLOCK_MONOTONIC) - begun, used);
	return 0;
}
