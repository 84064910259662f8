// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#pragma once

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

// Much of this library is macros, in one version or another, which Swift can't call. Whatever goes wrong leaves nothing in the
// thread's queue of errors, which libpq looks at too.

/// SHA-256, SHA-384 or SHA-512; NULL for other lengths, which is what Ed25519 takes.
static inline const EVP_MD *kinship_sha2(int bits) {
    return bits == 256 ? EVP_sha256() : bits == 384 ? EVP_sha384() : bits == 512 ? EVP_sha512() : NULL;
}

/// The key that a SubjectPublicKeyInfo holds; NULL where it holds none, or more.
static inline EVP_PKEY *kinship_public_key(const unsigned char *der, long length) {
    const unsigned char *end = der;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &end, length);
    if (key && end != der + length) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    ERR_clear_error();
    return key;
}

/// Whether a signature is a key's; `bits` is the digest's length.
static inline int kinship_is_signature(
    EVP_PKEY *key, int bits, int is_pss, const unsigned char *signature, size_t length, const unsigned char *message,
    size_t message_length
) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    // The context's own.
    EVP_PKEY_CTX *options = NULL;
    // RFC 8017, 8.1.2: as long as the modulus; with PSS OpenSSL takes one without its leading zeros as well.
    int is_whole = EVP_PKEY_base_id(key) != EVP_PKEY_RSA || length == (size_t)EVP_PKEY_size(key);
    int is_right = context && is_whole && EVP_DigestVerifyInit(context, &options, kinship_sha2(bits), NULL, key) == 1
        && (!is_pss
            || (EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) > 0
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) > 0))
        && EVP_DigestVerify(context, signature, length, message, message_length) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return is_right;
}

/// Whether bytes are the HMAC of a message; in the same time for any of their length.
static inline int kinship_is_code(
    const unsigned char *secret, int secret_length, int bits, const unsigned char *code, size_t length,
    const unsigned char *message, size_t message_length
) {
    unsigned char right[EVP_MAX_MD_SIZE];
    unsigned int right_length = 0;
    const EVP_MD *digest = kinship_sha2(bits);
    int is_right = digest && HMAC(digest, secret, secret_length, message, message_length, right, &right_length)
        && right_length == length && CRYPTO_memcmp(right, code, length) == 0;
    OPENSSL_cleanse(right, sizeof right);
    ERR_clear_error();
    return is_right;
}
