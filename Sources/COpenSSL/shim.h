// OpenSSL 3, and what Swift's importer cannot see of it: macros and stacks. One line of C each, no
// logic.
#pragma once

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// Contexts and connections: macros around SSL_CTX_ctrl(3) and SSL_ctrl(3).
static inline int copenssl_set_versions(SSL_CTX *context, int oldest, int newest) {
  return SSL_CTX_set_min_proto_version(context, oldest) && SSL_CTX_set_max_proto_version(context, newest);
}
static inline uint64_t copenssl_options(void) {
  return SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE;
}
static inline uint64_t copenssl_no_tickets(void) { return SSL_OP_NO_TICKET; }
static inline void copenssl_release_idle_buffers(SSL_CTX *context) {
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
}
static inline void copenssl_cache_sessions(SSL_CTX *context, long mode) {
  SSL_CTX_set_session_cache_mode(context, mode);
}
static inline int copenssl_set_server_name(SSL *ssl, const char *name) {
  return (int)SSL_set_tlsext_host_name(ssl, name);
}
static inline void copenssl_on_server_name(SSL_CTX *context, int (*callback)(SSL *, int *, void *)) {
  SSL_CTX_set_tlsext_servername_callback(context, callback);
}
static inline int copenssl_set_chain(SSL *ssl, STACK_OF(X509) *chain) {
  return (int)SSL_set1_chain(ssl, chain);
}
static inline int copenssl_add_issuer(SSL_CTX *context, X509 *certificate) {
  return (int)SSL_CTX_add1_chain_cert(context, certificate);
}

// BIOs: macros around BIO_set_flags(3) and BIO_ctrl(3).
static inline void copenssl_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }
static inline void copenssl_retry_read(BIO *bio) { BIO_set_retry_read(bio); }
static inline long copenssl_memory(BIO *bio, char **bytes) { return BIO_get_mem_data(bio, bytes); }

// A file that only its owner may read, to append to; null when it cannot be opened.
static inline BIO *copenssl_open_private_file(const char *path) {
  int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  return fd < 0 ? NULL : BIO_new_fd(fd, BIO_CLOSE);
}

// Stacks: macros and casts.
static inline int copenssl_certificate_count(const STACK_OF(X509) *stack) { return stack ? sk_X509_num(stack) : 0; }
static inline X509 *copenssl_certificate(const STACK_OF(X509) *stack, int index) { return sk_X509_value(stack, index); }
static inline STACK_OF(X509) *copenssl_new_certificates(void) { return sk_X509_new_null(); }
static inline int copenssl_append(STACK_OF(X509) *stack, X509 *certificate) {
  return X509_up_ref(certificate) && sk_X509_push(stack, certificate) > 0;
}
static inline void copenssl_free_certificates(STACK_OF(X509) *stack) { sk_X509_pop_free(stack, X509_free); }
static inline GENERAL_NAMES *copenssl_alternative_names(const X509 *certificate) {
  return X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
}
static inline int copenssl_name_count(const GENERAL_NAMES *names) { return names ? sk_GENERAL_NAME_num(names) : 0; }
// The bytes of a DNS name (type 2) or an IP address (type 7); null for others.
static inline const ASN1_STRING *copenssl_name(const GENERAL_NAMES *names, int index, int *type) {
  const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
  *type = name->type;
  return name->type == GEN_DNS ? name->d.dNSName : name->type == GEN_IPADD ? name->d.iPAddress : NULL;
}
static inline void copenssl_free_names(GENERAL_NAMES *names) { GENERAL_NAMES_free(names); }

// The form of distinguished names in RFC 2253; the importer drops what is made of casts.
static inline unsigned long copenssl_name_form(void) { return XN_FLAG_RFC2253; }

// Keys: a macro around a function of variable arguments.
static inline EVP_PKEY *copenssl_new_p256_key(void) { return EVP_EC_gen("P-256"); }
